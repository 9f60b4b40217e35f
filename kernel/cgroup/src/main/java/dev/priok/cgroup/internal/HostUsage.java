package dev.priok.cgroup.internal;

import java.io.IOException;
import java.nio.file.Path;

/** What the whole machine has and uses, from the files of {@code /proc}. */
final class HostUsage {
    private static final long NANOS_PER_TICK = 10_000_000L;
    /** The counters of the first line of {@code /proc/stat} that Docker adds up: user to softirq. */
    private static final int COUNTERS = 7;

    private final ControlFiles files;
    private final Path proc;

    HostUsage(ControlFiles files, Path proc) {
        this.files = files;
        this.proc = proc;
    }

    /** Time that all processors together have spent, idle or not, in nanoseconds. */
    long cpuNanos() throws IOException {
        String stat = files.read(proc.resolve("stat")).orElse("");
        String[] words =
                stat.substring(0, Math.max(0, stat.indexOf('\n'))).strip().split(" +");
        long ticks = 0;
        for (int i = 1; i < Math.min(words.length, COUNTERS + 1); i++) {
            ticks += Long.parseLong(words[i]);
        }
        return ticks * NANOS_PER_TICK;
    }

    int onlineCpus() throws IOException {
        String stat = files.read(proc.resolve("stat")).orElse("");
        return (int) stat.lines()
                .filter(line -> line.startsWith("cpu") && line.length() > 3 && Character.isDigit(line.charAt(3)))
                .count();
    }

    long memoryBytes() throws IOException {
        String text = files.read(proc.resolve("meminfo")).orElse("");
        return text.lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .map(kilobytes -> Long.parseLong(kilobytes) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** This process's own v2 group, relative to its namespace's root, such as {@code /init}. */
    String ownGroup() throws IOException {
        return files.read(proc.resolve("self/cgroup"))
                .orElse("")
                .lines()
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring(3))
                .findFirst()
                .orElse("/");
    }
}
