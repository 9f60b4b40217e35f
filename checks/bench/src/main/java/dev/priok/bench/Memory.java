package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Proportional set sizes of a peer's processes, from smaps_rollup. */
final class Memory {
    private Memory() {}

    /** The daemon and its permanent children (containerd, for Docker). */
    static long daemonKilobytes(Peer peer) {
        return ProcessHandle.of(peer.pid()).stream()
                .flatMap(p -> Stream.concat(Stream.of(p), p.children()))
                .filter(p -> !isHelper(p))
                .mapToLong(p -> pss(p.pid()))
                .sum();
    }

    /** Shims and monitors: what runs because a container runs, without the container itself. */
    static long helperKilobytes(Peer peer) {
        return helpers(peer).mapToLong(p -> pss(p.pid())).sum();
    }

    /** The daemon, its permanent children, and the helpers of its containers. */
    static Stream<ProcessHandle> all(Peer peer) {
        Stream<ProcessHandle> daemon = ProcessHandle.of(peer.pid()).stream()
                .flatMap(p -> Stream.concat(Stream.of(p), p.descendants()))
                .filter(p -> !isHelper(p) && name(p).matches("dockerd|containerd|java"));
        return Stream.concat(daemon, helpers(peer));
    }

    private static Stream<ProcessHandle> helpers(Peer peer) {
        return ProcessHandle.allProcesses()
                .filter(Memory::isHelper)
                .filter(p -> peer.name().equals("docker") == name(p).startsWith("containerd-shim"));
    }

    private static boolean isHelper(ProcessHandle process) {
        String name = name(process);
        return name.startsWith("containerd-shim") || name.startsWith("priok-monitor");
    }

    private static String name(ProcessHandle process) {
        return read(Path.of("/proc", Long.toString(process.pid()), "comm"))
                .orElse("")
                .strip();
    }

    private static long pss(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
                .flatMap(String::lines)
                .filter(l -> l.startsWith("Pss:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                .sum();
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
