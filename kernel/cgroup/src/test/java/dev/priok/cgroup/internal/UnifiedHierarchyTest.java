package dev.priok.cgroup.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.BlockIoLimits.Rate;
import dev.priok.cgroup.BlockIoLimits.Throttle;
import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import dev.priok.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A v2 host in a folder. */
class UnifiedHierarchyTest {
    @TempDir
    Path folder;

    private Path root;
    private Path proc;
    private FakeFiles files;
    private final FakeDevices devices = new FakeDevices();

    @BeforeEach
    void mount() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        proc = Files.createDirectories(folder.resolve("proc/self")).getParent();
        files = new FakeFiles(folder);
        Map<String, String> template = new HashMap<>(Map.of(
                "cgroup.controllers", "cpuset cpu io memory pids",
                "cgroup.subtree_control", "",
                "cgroup.procs", "",
                "cgroup.kill", "",
                "cgroup.freeze", "0",
                "cgroup.events", "populated 0\nfrozen 1\n",
                "memory.max", "max",
                "memory.swap.max", "max",
                "memory.low", "0",
                "memory.current", "4096\n"));
        template.putAll(Map.of(
                "memory.stat", "anon 5\ninactive_file 2\n",
                "memory.events", "low 0\noom 2\noom_kill 1\n",
                "cpu.max", "max 100000\n",
                "cpu.weight", "100",
                "cpu.stat",
                        "usage_usec 10\nuser_usec 6\nsystem_usec 4\nnr_periods 1\nnr_throttled 1\nthrottled_usec 9\n",
                "pids.max", "max",
                "pids.current", "3\n",
                "io.max", "",
                "io.weight", "default 100",
                "io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n"));
        files.template(root, template);
        Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.writeString(root.resolve("cgroup.subtree_control"), "");
        Files.writeString(root.resolve("cgroup.procs"), "1\n");
        Files.writeString(proc.resolve("stat"), "cpu 1 0 0 0\ncpu0 1\n");
        Files.writeString(proc.resolve("meminfo"), "MemTotal: 1024 kB\n");
        Files.writeString(proc.resolve("self/cgroup"), "0::/daemon\n");
    }

    private CgroupHierarchy host() throws IOException {
        MountTable table = MountTable.parse(List.of("9 1 0:9 / " + root + " rw - cgroup2 cgroup2 rw"));
        return Host.of(table, files, new HostUsage(files, proc), devices);
    }

    @Test
    void create_handsControllersDownOnce() throws IOException {
        CgroupHierarchy host = host();
        assertEquals(List.of(), host.create("/priok/a", Limits.NONE).warnings());
        List<String> expected = List.of(
                "root/cgroup.subtree_control=+cpu +memory +blkio +pids".replace("blkio", "io"),
                "root/priok/cgroup.subtree_control=+cpu +memory +io +pids");
        assertEquals(expected, files.writes);
        host.create("/priok/b", Limits.NONE);
        assertEquals(expected, files.writes);
    }

    @Test
    void create_translatesLimits() throws IOException {
        Limits limits = Limits.NONE
                .withMemory(new MemoryLimits(
                        OptionalLong.of(1000), OptionalLong.of(3000), OptionalLong.of(500), OptionalInt.empty(), false))
                .withCpu(CpuLimits.NONE.withNanoCpus(500_000_000L).withShares(2048))
                .withPids(7)
                .withBlockIo(new BlockIoLimits(
                        OptionalInt.of(1000),
                        List.of(),
                        List.of(new Throttle(Rate.WRITE_BYTES_PER_SECOND, 8, 16, 4096))))
                .withDevices(List.of(DeviceRule.DENY_ALL));
        Cgroup group = host().create("/priok/a", limits);
        assertEquals(List.of(), group.warnings());
        assertEquals(
                List.of(
                        "memory.swap.max=2000",
                        "memory.max=1000",
                        "memory.low=500",
                        "cpu.weight=174",
                        "cpu.max=50000 100000",
                        "pids.max=7",
                        "io.weight=10000",
                        "io.max=8:16 wbps=4096"),
                files.writes.stream()
                        .filter(write -> write.startsWith("root/priok/a/"))
                        .map(write -> write.substring("root/priok/a/".length()))
                        .toList());
        assertEquals(List.of(List.of(DeviceRule.DENY_ALL)), devices.applied);
    }

    @Test
    void privileged_needsNoProgram() throws IOException {
        host().create("/priok/a", Limits.NONE.withDevices(List.of(DeviceRule.ALLOW_ALL)));
        assertEquals(List.of(), devices.applied);
    }

    @Test
    void update_keepsTheHalfOfCpuMaxThatIsNotGiven() throws IOException {
        Cgroup group = host().create("/priok/a", Limits.NONE.withCpu(CpuLimits.NONE.withQuota(20000, 50000)));
        files.writes.clear();
        group.update(Limits.NONE.withCpu(new CpuLimits(
                OptionalLong.empty(),
                OptionalLong.of(-1),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                "",
                "")));
        assertEquals(List.of("root/priok/a/cpu.max=max 50000"), files.writes);
    }

    @Test
    void weights_runThroughTheAgreedPoints() {
        assertEquals(1, UnifiedLimits.weight(2));
        assertEquals(100, UnifiedLimits.weight(1024));
        assertEquals(10_000, UnifiedLimits.weight(262_144));
        assertEquals(1, UnifiedLimits.ioWeight(10));
        assertEquals(10_000, UnifiedLimits.ioWeight(1000));
    }

    @Test
    void swappiness_isNotOfV2() throws IOException {
        Limits limits = Limits.NONE.withMemory(new MemoryLimits(
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalInt.of(10), true));
        assertEquals(
                List.of(Warnings.SWAPPINESS, Warnings.OOM_KILL_DISABLE),
                host().check(limits).warnings());
    }

    @Test
    void ownProcessesInTheWay_moveIntoALeafWhenTheGroupIsOurs() throws IOException {
        files.mkdir(root.resolve("daemon"));
        Files.writeString(root.resolve("daemon/cgroup.procs"), "41\n42\n");
        files.delegated.add(root.resolve("daemon"));
        files.refuse("root/daemon/cgroup.subtree_control", Errno.EBUSY);
        Cgroup group = host().create("/daemon/a", Limits.NONE);
        assertEquals(List.of(), group.warnings());
        assertTrue(files.writes.contains("root/daemon/priok-daemon/cgroup.procs=42"), files.writes.toString());
        assertTrue(files.writes.contains("root/daemon/cgroup.subtree_control=+memory"), files.writes.toString());
    }

    @Test
    void othersProcessesInTheWay_costTheLimits() throws IOException {
        files.mkdir(root.resolve("daemon"));
        for (int i = 0; i < 5; i++) {
            files.refuse("root/daemon/cgroup.subtree_control", Errno.EBUSY);
        }
        Cgroup group = host().create("/daemon/a", Limits.NONE.withPids(5));
        assertEquals(4, group.warnings().size());
        assertTrue(group.warnings().getFirst().contains("cannot be enabled in /daemon (it holds processes)"));
        assertFalse(Files.exists(root.resolve("daemon/priok-daemon")));
    }

    @Test
    void missingController_isOneWarning() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpu io memory\n");
        CgroupHierarchy host = host();
        assertEquals(List.of(Warnings.PIDS), host.check(Limits.NONE.withPids(5)).warnings());
        assertFalse(host.features().pids());
    }

    @Test
    void stats_readAllCounters() throws IOException {
        Cgroup group = host().create("/priok/a", Limits.NONE);
        CgroupStats stats = group.stats();
        assertEquals(new CgroupStats.Cpu(10_000, 6_000, 4_000, List.of(), 1, 1, 9_000, 10_000_000, 1), stats.cpu());
        assertEquals(1 << 20, stats.memory().limitBytes());
        assertEquals(2, stats.memory().failures());
        assertEquals(
                List.of(
                        new CgroupStats.BlockIo.Entry(8, 0, "read", 10),
                        new CgroupStats.BlockIo.Entry(8, 0, "write", 20)),
                stats.blockIo().bytes());
        assertEquals(1, group.oomKills());
    }

    @Test
    void placementViewAndRemoval() throws IOException {
        CgroupHierarchy host = host();
        Cgroup group = host.create("/priok/a", Limits.NONE);
        try (CgroupPlacement placement = group.placement()) {
            assertEquals(List.of(), placement.tasksFiles());
            assertTrue(placement.v2Directory().isPresent());
        }
        assertEquals(new CgroupView.Unified(root.resolve("priok/a")), group.view());
        group.remove();
        host.removeIfEmpty("/priok");
        assertFalse(Files.exists(root.resolve("priok")));
        assertTrue(host.open("/priok/a").isEmpty());
        host.create("/priok/c", Limits.NONE);
        assertEquals("cpu memory io pids", Files.readString(root.resolve("priok/cgroup.subtree_control")));
    }
}
