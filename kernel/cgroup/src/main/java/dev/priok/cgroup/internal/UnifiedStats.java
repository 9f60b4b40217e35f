package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupStats.BlockIo.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads the counters of v2. */
final class UnifiedStats {
    private static final long NANOS_PER_MICRO = 1000;

    private final ControlFiles files;
    private final HostUsage host;
    private final Path directory;

    UnifiedStats(ControlFiles files, HostUsage host, Path directory) {
        this.files = files;
        this.host = host;
        this.directory = directory;
    }

    CgroupStats read() throws IOException {
        return new CgroupStats(cpu(), memory(), blockIo(), pids());
    }

    private String text(String file) throws IOException {
        return files.read(directory.resolve(file)).orElse("");
    }

    private CgroupStats.Cpu cpu() throws IOException {
        Map<String, Long> stat = Texts.keyed(text("cpu.stat"));
        return new CgroupStats.Cpu(
                stat.getOrDefault("usage_usec", 0L) * NANOS_PER_MICRO,
                stat.getOrDefault("user_usec", 0L) * NANOS_PER_MICRO,
                stat.getOrDefault("system_usec", 0L) * NANOS_PER_MICRO,
                List.of(),
                stat.getOrDefault("nr_periods", 0L),
                stat.getOrDefault("nr_throttled", 0L),
                stat.getOrDefault("throttled_usec", 0L) * NANOS_PER_MICRO,
                host.cpuNanos(),
                host.onlineCpus());
    }

    private CgroupStats.Memory memory() throws IOException {
        long machine = host.memoryBytes();
        String peak = text("memory.peak");
        return new CgroupStats.Memory(
                Texts.number(text("memory.current")).orElse(0),
                peak.isBlank() ? OptionalLong.empty() : Texts.number(peak),
                Math.min(Texts.number(text("memory.max")).orElse(machine), machine),
                Texts.keyed(text("memory.events")).getOrDefault("oom", 0L),
                Texts.keyed(text("memory.stat")));
    }

    /** Lines such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
    private CgroupStats.BlockIo blockIo() throws IOException {
        List<Entry> bytes = new ArrayList<>();
        List<Entry> operations = new ArrayList<>();
        for (String line : text("io.stat").split("\n")) {
            String[] words = line.strip().split(" ");
            int colon = words[0].indexOf(':');
            if (colon <= 0) {
                continue;
            }
            int major = Integer.parseInt(words[0].substring(0, colon));
            int minor = Integer.parseInt(words[0].substring(colon + 1));
            for (int i = 1; i < words.length; i++) {
                String[] pair = words[i].split("=");
                switch (pair[0]) {
                    case "rbytes" -> bytes.add(new Entry(major, minor, "read", Texts.longOf(pair[1])));
                    case "wbytes" -> bytes.add(new Entry(major, minor, "write", Texts.longOf(pair[1])));
                    case "rios" -> operations.add(new Entry(major, minor, "read", Texts.longOf(pair[1])));
                    case "wios" -> operations.add(new Entry(major, minor, "write", Texts.longOf(pair[1])));
                    default -> {}
                }
            }
        }
        return new CgroupStats.BlockIo(bytes, operations);
    }

    private CgroupStats.Pids pids() throws IOException {
        return new CgroupStats.Pids(Texts.number(text("pids.current")).orElse(0), Texts.number(text("pids.max")));
    }

    long oomKills() throws IOException {
        return Texts.keyed(text("memory.events")).getOrDefault("oom_kill", 0L);
    }
}
