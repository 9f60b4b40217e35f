package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupStats.BlockIo.Entry;
import dev.priok.cgroup.Controller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads the counters of v1. */
final class LegacyStats {
    private static final Path NOWHERE = Path.of("/nonexistent");
    /** {@code cpuacct.stat} counts in ticks, of which Linux shows 100 a second to programs (USER_HZ). */
    private static final long NANOS_PER_TICK = 10_000_000L;

    private final ControlFiles files;
    private final HostUsage host;
    private final Map<Controller, Path> directories;

    LegacyStats(ControlFiles files, HostUsage host, Map<Controller, Path> directories) {
        this.files = files;
        this.host = host;
        this.directories = directories;
    }

    CgroupStats read() throws IOException {
        return new CgroupStats(cpu(), memory(), blockIo(), pids());
    }

    private String text(Controller controller, String file) throws IOException {
        return files.read(directories.getOrDefault(controller, NOWHERE).resolve(file))
                .orElse("");
    }

    private long number(Controller controller, String file) throws IOException {
        return Texts.number(text(controller, file)).orElse(0);
    }

    private CgroupStats.Cpu cpu() throws IOException {
        Map<String, Long> time = Texts.keyed(text(Controller.CPUACCT, "cpuacct.stat"));
        Map<String, Long> quota = Texts.keyed(text(Controller.CPU, "cpu.stat"));
        List<Long> perCpu = Arrays.stream(
                        text(Controller.CPUACCT, "cpuacct.usage_percpu").strip().split(" "))
                .filter(word -> !word.isEmpty())
                .map(Texts::longOf)
                .toList();
        return new CgroupStats.Cpu(
                number(Controller.CPUACCT, "cpuacct.usage"),
                time.getOrDefault("user", 0L) * NANOS_PER_TICK,
                time.getOrDefault("system", 0L) * NANOS_PER_TICK,
                perCpu,
                quota.getOrDefault("nr_periods", 0L),
                quota.getOrDefault("nr_throttled", 0L),
                quota.getOrDefault("throttled_time", 0L),
                host.cpuNanos(),
                host.onlineCpus());
    }

    private CgroupStats.Memory memory() throws IOException {
        long machine = host.memoryBytes();
        long limit =
                Texts.number(text(Controller.MEMORY, "memory.limit_in_bytes")).orElse(machine);
        return new CgroupStats.Memory(
                number(Controller.MEMORY, "memory.usage_in_bytes"),
                Texts.number(text(Controller.MEMORY, "memory.max_usage_in_bytes")),
                Math.min(limit, machine),
                number(Controller.MEMORY, "memory.failcnt"),
                Texts.keyed(text(Controller.MEMORY, "memory.stat")));
    }

    private CgroupStats.BlockIo blockIo() throws IOException {
        List<Entry> bytes = entries(text(Controller.BLKIO, "blkio.bfq.io_service_bytes_recursive"));
        if (!bytes.isEmpty()) {
            return new CgroupStats.BlockIo(bytes, entries(text(Controller.BLKIO, "blkio.bfq.io_serviced_recursive")));
        }
        return new CgroupStats.BlockIo(
                entries(text(Controller.BLKIO, "blkio.throttle.io_service_bytes_recursive")),
                entries(text(Controller.BLKIO, "blkio.throttle.io_serviced_recursive")));
    }

    /** Lines such as {@code 8:0 Read 4096}; the total at the end is left out. */
    private static List<Entry> entries(String text) {
        List<Entry> found = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(" ");
            int colon = words[0].indexOf(':');
            if (words.length == 3 && colon > 0) {
                found.add(new Entry(
                        Integer.parseInt(words[0].substring(0, colon)),
                        Integer.parseInt(words[0].substring(colon + 1)),
                        words[1],
                        Texts.longOf(words[2])));
            }
        }
        return found;
    }

    private CgroupStats.Pids pids() throws IOException {
        return new CgroupStats.Pids(
                number(Controller.PIDS, "pids.current"), Texts.number(text(Controller.PIDS, "pids.max")));
    }

    OptionalLong oomKills() throws IOException {
        Long kills = Texts.keyed(text(Controller.MEMORY, "memory.oom_control")).get("oom_kill");
        return kills == null ? OptionalLong.empty() : OptionalLong.of(kills);
    }
}
