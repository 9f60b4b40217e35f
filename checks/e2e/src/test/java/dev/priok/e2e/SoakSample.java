package dev.priok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a daemon has at one moment.
 *
 * @param second since the beginning
 * @param operations done
 * @param failures of them
 * @param memoryMib proportional set size of the daemon
 * @param descriptors that it has open
 * @param threads of it
 * @param processes in its containers' cgroups
 * @param mounts below its folders
 * @param cgroups that it made, in all hierarchies
 * @param diskMib of its data root, as du counts
 */
record SoakSample(
        long second,
        long operations,
        long failures,
        long memoryMib,
        long descriptors,
        long threads,
        long processes,
        long mounts,
        long cgroups,
        long diskMib) {
    static final String HEAD = "second operations failed PSS-MiB descriptors threads processes mounts cgroups disk-MiB";

    static SoakSample of(TestDaemon daemon, long second, long operations, long failures) throws IOException {
        Path process = Path.of("/proc", Long.toString(daemon.pid()));
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return new SoakSample(
                    second,
                    operations,
                    failures,
                    figure(process.resolve("smaps_rollup"), "Pss:") / 1024,
                    descriptors.count(),
                    figure(process.resolve("status"), "Threads:"),
                    processes(daemon),
                    Leftovers.mounts(daemon.root()).size(),
                    cgroups(daemon),
                    diskMib(daemon));
        }
    }

    /** Files of what was removed vanish in the background, of which du complains. */
    private static long diskMib(TestDaemon daemon) {
        Program.Result du = Program.run(
                Map.of(), new byte[0], List.of("du", "-sxm", daemon.dataRoot().toString()));
        return Long.parseLong(du.line().split("\\s", 2)[0]);
    }

    String row() {
        return Stream.of(
                        second,
                        operations,
                        failures,
                        memoryMib,
                        descriptors,
                        threads,
                        processes,
                        mounts,
                        cgroups,
                        diskMib)
                .map(Object::toString)
                .reduce((a, b) -> a + " " + b)
                .orElseThrow();
    }

    private static long figure(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split(" ", 2)[0]);
            }
        }
        throw new IOException(file + " has no " + name);
    }

    /** Cgroups of all containers of a daemon. */
    static long cgroups(TestDaemon daemon) {
        return tops(daemon).stream().mapToLong(SoakSample::folders).sum();
    }

    /** How many it is when so many containers run. */
    static long cgroupsOf(TestDaemon daemon, int containers) {
        return tops(daemon).size() * (1L + containers);
    }

    private static List<Path> tops(TestDaemon daemon) {
        return Leftovers.cgroups(daemon.root().getFileName().toString());
    }

    private static long folders(Path top) {
        try (Stream<Path> tree = Files.walk(top)) {
            return tree.filter(Files::isDirectory).count();
        } catch (IOException | UncheckedIOException e) {
            // One vanished meanwhile: not quiet yet.
            return -1;
        }
    }

    /** In the hierarchy that has the most of them: they are in each. */
    private static long processes(TestDaemon daemon) {
        return tops(daemon).stream().mapToLong(SoakSample::members).max().orElse(0);
    }

    private static long members(Path top) {
        try (Stream<Path> tree = Files.walk(top)) {
            long members = 0;
            for (Path folder : tree.filter(Files::isDirectory).toList()) {
                members += Files.readAllLines(folder.resolve("cgroup.procs")).size();
            }
            return members;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
