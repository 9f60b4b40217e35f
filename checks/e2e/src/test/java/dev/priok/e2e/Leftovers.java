package dev.priok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Removes what a test run that was killed in the middle has left: processes, mounts, cgroups, folders; only those of tests. */
final class Leftovers {
    static final String PREFIX = "priok-e2e-";

    private static final int ATTEMPTS = 100;

    private Leftovers() {}

    /** Removes everything that belongs to a test process that is no more. */
    static void sweep() {
        try (Stream<Path> folders = Files.list(Path.of("/tmp"))) {
            folders.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .filter(Leftovers::isOrphan)
                    .toList()
                    .forEach(Leftovers::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOrphan(Path folder) {
        try {
            long owner =
                    Long.parseLong(Files.readString(folder.resolve("owner")).strip());
            return ProcessHandle.of(owner).filter(ProcessHandle::isAlive).isEmpty();
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    /** Removes what lives in and by a test's folder. */
    static void remove(Path root) {
        String name = root.getFileName().toString();
        ProcessHandle.allProcesses().filter(p -> mentions(p, root)).forEach(ProcessHandle::destroyForcibly);
        for (Path cgroup : cgroups(name)) {
            killAll(cgroup);
        }
        for (String mount : mounts(root)) {
            // One that is frozen could be thawed by nobody once it is detached. Others say that they are not.
            Program.run(java.util.Map.of(), new byte[0], List.of("fsfreeze", "-u", mount));
            Program.run(java.util.Map.of(), new byte[0], List.of("umount", "-l", mount));
        }
        for (Path cgroup : cgroups(name)) {
            removeCgroup(cgroup);
        }
        TestNetwork.of(root).remove();
        Program.run(java.util.Map.of(), new byte[0], List.of("rm", "-rf", "--one-file-system", root.toString()))
                .ok();
    }

    private static boolean mentions(ProcessHandle process, Path root) {
        Optional<String> line = readLine(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        return process.pid() != ProcessHandle.current().pid()
                && line.filter(l -> l.contains(root.toString())).isPresent();
    }

    private static Optional<String> readLine(Path file) {
        try {
            return Optional.of(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The test's cgroup in every hierarchy. */
    static List<Path> cgroups(String name) {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return Stream.concat(Stream.of(Path.of("/sys/fs/cgroup")), hierarchies.filter(Files::isDirectory))
                    .map(h -> h.resolve(name))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void killAll(Path cgroup) {
        for (Path folder : deepestFirst(cgroup)) {
            readLine(folder.resolve("cgroup.procs")).stream()
                    .flatMap(String::lines)
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
        }
    }

    private static void removeCgroup(Path cgroup) {
        for (Path folder : deepestFirst(cgroup)) {
            for (int i = 0; i < ATTEMPTS; i++) {
                try {
                    Files.deleteIfExists(folder);
                    break;
                } catch (IOException e) {
                    TestDaemon.pause();
                }
            }
        }
    }

    private static List<Path> deepestFirst(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isDirectory)
                    .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** Loop devices with a file below a folder behind them. */
    static List<Path> loops(Path root) {
        try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
            return devices.filter(device -> readLine(device.resolve("loop/backing_file"))
                            .filter(file -> file.startsWith(root + "/"))
                            .isPresent())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mount points below a folder, innermost first. */
    static List<String> mounts(Path root) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.map(l -> l.split(" ")[1])
                    .filter(m -> m.startsWith(root + "/"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
