package dev.priok.cgroup.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.BlockIoLimits.Rate;
import dev.priok.cgroup.BlockIoLimits.Throttle;
import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.HugePageLimit;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hybrid host in a folder. */
class LegacyHierarchyTest {
    private static final String UNLIMITED = "9223372036854771712";

    @TempDir
    Path folder;

    private FakeFiles files;
    private CgroupHierarchy host;

    @BeforeEach
    void mount() throws IOException {
        files = new FakeFiles(folder);
        files.template(
                folder.resolve("cpu,cpuacct"),
                Map.of(
                        "tasks", "",
                        "cgroup.procs", "",
                        "cpu.shares", "1024",
                        "cpu.cfs_period_us", "100000",
                        "cpu.cfs_quota_us", "-1",
                        "cpu.stat", "nr_periods 5\nnr_throttled 2\nthrottled_time 700\n",
                        "cpuacct.usage", "123456\n",
                        "cpuacct.usage_percpu", "100000 23456 \n",
                        "cpuacct.stat", "user 3\nsystem 4\n"));
        files.template(
                folder.resolve("memory"),
                Map.of(
                        "tasks", "",
                        "cgroup.procs", "",
                        "memory.limit_in_bytes", UNLIMITED,
                        "memory.memsw.limit_in_bytes", UNLIMITED,
                        "memory.usage_in_bytes", "4096\n",
                        "memory.max_usage_in_bytes", "8192\n",
                        "memory.failcnt", "1\n",
                        "memory.stat", "cache 4\ntotal_inactive_file 2\n",
                        "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"));
        files.template(
                folder.resolve("pids"),
                Map.of("tasks", "", "cgroup.procs", "", "pids.max", "max", "pids.current", "2\n"));
        files.template(folder.resolve("cpuset"), Map.of("tasks", "", "cpuset.cpus", "", "cpuset.mems", ""));
        files.template(folder.resolve("devices"), Map.of("tasks", "", "devices.allow", "", "devices.deny", ""));
        files.template(folder.resolve("freezer"), Map.of("tasks", "", "freezer.state", "THAWED"));
        files.template(
                folder.resolve("unified"),
                Map.of("cgroup.procs", "", "cgroup.kill", "", "cgroup.freeze", "0", "cgroup.events", "frozen 1\n"));
        for (String file : List.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control")) {
            Files.writeString(folder.resolve("memory").resolve(file), "");
        }
        for (String file : List.of("cpu.shares", "cpu.cfs_quota_us")) {
            Files.writeString(folder.resolve("cpu,cpuacct").resolve(file), "");
        }
        Files.writeString(folder.resolve("cpuset/cpuset.cpus"), "0-3\n");
        Files.writeString(folder.resolve("cpuset/cpuset.mems"), "0\n");
        Files.writeString(folder.resolve("cpuset/cpuset.effective_cpus"), "0-3\n");
        Path proc = Files.createDirectory(folder.resolve("proc"));
        Files.writeString(proc.resolve("stat"), "cpu  1 2 3 4 5 6 7 8 9 9\ncpu0 1 2\ncpu1 1 2\nintr 5\n");
        Files.writeString(proc.resolve("meminfo"), "MemTotal:        1024 kB\nMemFree: 5 kB\n");
        host = Host.of(
                MountTable.parse(List.of(
                        mountLine("cpu,cpuacct", "cpu,cpuacct"),
                        mountLine("memory", "memory"),
                        mountLine("pids", "pids"),
                        mountLine("cpuset", "cpuset"),
                        mountLine("devices", "devices"),
                        mountLine("freezer", "freezer"),
                        "9 1 0:9 / " + folder + "/unified rw - cgroup2 cgroup2 rw")),
                files,
                new HostUsage(files, proc),
                new FakeDevices());
    }

    private String mountLine(String directory, String options) {
        return "8 1 0:8 / " + folder + "/" + directory + " rw - cgroup cgroup rw," + options;
    }

    @Test
    void create_makesWhatCountsAndWhatLimits() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        assertEquals(CgroupMode.HYBRID, host.mode());
        assertEquals(List.of(), group.warnings());
        for (String made : List.of("cpu,cpuacct", "memory", "pids", "cpuset", "unified")) {
            assertTrue(Files.isDirectory(folder.resolve(made + "/priok/a")), made);
        }
        assertFalse(Files.exists(folder.resolve("devices/priok")), "no rules, no hierarchy");
        assertFalse(Files.exists(folder.resolve("freezer/priok")), "v2 freezes");
        assertEquals(
                List.of(
                        "cpuset/priok/cpuset.cpus=0-3",
                        "cpuset/priok/cpuset.mems=0",
                        "cpuset/priok/a/cpuset.cpus=0-3",
                        "cpuset/priok/a/cpuset.mems=0"),
                files.writes);
    }

    @Test
    void create_writesLimitsInTheOrderThatTheKernelWants() throws IOException {
        Limits limits = Limits.NONE
                .withMemory(new MemoryLimits(
                        OptionalLong.of(1000), OptionalLong.of(3000), OptionalLong.empty(), OptionalInt.empty(), true))
                .withCpu(CpuLimits.NONE
                        .withNanoCpus(1_500_000_000L)
                        .withShares(512)
                        .withSets("1", ""))
                .withPids(-1)
                .withDevices(List.of(
                        DeviceRule.DENY_ALL,
                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3, "rwm"),
                        new DeviceRule(true, DeviceRule.Type.BLOCK, OptionalInt.empty(), OptionalInt.empty(), "m")));
        host.create("/priok/a", limits);
        assertEquals(
                List.of(
                        "memory/priok/a/memory.limit_in_bytes=1000",
                        "memory/priok/a/memory.memsw.limit_in_bytes=3000",
                        "memory/priok/a/memory.oom_control=1",
                        "cpu,cpuacct/priok/a/cpu.shares=512",
                        "cpu,cpuacct/priok/a/cpu.cfs_period_us=100000",
                        "cpu,cpuacct/priok/a/cpu.cfs_quota_us=150000",
                        "cpuset/priok/a/cpuset.cpus=1",
                        "pids/priok/a/pids.max=max",
                        "devices/priok/a/devices.deny=a",
                        "devices/priok/a/devices.deny=a",
                        "devices/priok/a/devices.allow=c 1:3 rwm",
                        "devices/priok/a/devices.allow=b *:* m"),
                files.writes.subList(4, files.writes.size()));
    }

    @Test
    void update_raisesSwapBeforeMemory() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE.withMemory(MemoryLimits.ofBytes(1000)));
        files.writes.clear();
        group.update(Limits.NONE.withMemory(new MemoryLimits(
                OptionalLong.of(2000), OptionalLong.of(4000), OptionalLong.empty(), OptionalInt.empty(), false)));
        assertEquals(
                List.of("memory/priok/a/memory.memsw.limit_in_bytes=4000", "memory/priok/a/memory.limit_in_bytes=2000"),
                files.writes);
    }

    @Test
    void update_writesQuotaFirstWhenThePeriodIsRefused() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        files.writes.clear();
        files.refuse("cpu,cpuacct/priok/a/cpu.cfs_period_us", Errno.EINVAL);
        group.update(Limits.NONE.withCpu(CpuLimits.NONE.withQuota(2000, 5000)));
        assertEquals(
                List.of("cpu,cpuacct/priok/a/cpu.cfs_quota_us=2000", "cpu,cpuacct/priok/a/cpu.cfs_period_us=5000"),
                files.writes);
    }

    @Test
    void update_withMoreInUse_isAConflict() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        files.refuse("memory/priok/a/memory.limit_in_bytes", Errno.EBUSY);
        Failure failure =
                assertThrows(Failure.class, () -> group.update(Limits.NONE.withMemory(MemoryLimits.ofBytes(1))));
        assertEquals(Failure.Kind.CONFLICT, failure.kind());
    }

    @Test
    void create_warnsInDockersWordsOfWhatTheHostLacks() throws IOException {
        Limits limits = Limits.NONE
                .withBlockIo(new BlockIoLimits(
                        OptionalInt.of(100), List.of(), List.of(new Throttle(Rate.READS_PER_SECOND, 8, 0, 5))))
                .withMemory(new MemoryLimits(
                        OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(5), OptionalInt.of(5), false));
        Cgroup group = host.create("/priok/a", limits);
        assertEquals(
                List.of(
                        "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
                        "Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.",
                        "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
                        "Your kernel does not support IOPS Block read limit or the cgroup is not mounted. Block I/O IOPS read limit discarded."),
                group.warnings());
    }

    @Test
    void create_withoutPermission_goesOnWithAWarning() throws IOException {
        files.refuse("memory/priok/a", Errno.EACCES);
        Cgroup group = host.create("/priok/a", Limits.NONE.withMemory(MemoryLimits.ofBytes(1000)));
        assertEquals(2, group.warnings().size());
        assertTrue(group.warnings().getFirst().contains("memory may not be used"));
        assertEquals(Warnings.MEMORY, group.warnings().get(1));
    }

    @Test
    void create_withAValueThatTheKernelRefuses_leavesNothing() {
        files.refuse("cpuset/priok/a/cpuset.cpus", Errno.EINVAL);
        Limits limits = Limits.NONE.withCpu(CpuLimits.NONE.withSets("77", ""));
        // The first write copies the parent's processors; it is the second that is refused.
        assertThrows(IOException.class, () -> host.create("/priok/a", limits));
        files.refuse("memory/priok/b/memory.limit_in_bytes", Errno.EINVAL);
        Failure failure = assertThrows(
                Failure.class, () -> host.create("/priok/b", Limits.NONE.withMemory(MemoryLimits.ofBytes(1))));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertEquals("memory.limit_in_bytes cannot be set to 1: invalid argument", failure.getMessage());
        for (String group : List.of("a", "b")) {
            for (String mount : List.of("memory", "cpuset", "unified", "pids")) {
                assertFalse(Files.exists(folder.resolve(mount + "/priok/" + group)), mount + group);
            }
        }
    }

    @Test
    void create_overAGroupInUse_isAConflict() throws IOException {
        host.create("/priok/a", Limits.NONE);
        Files.writeString(folder.resolve("memory/priok/a/cgroup.procs"), "17\n");
        assertEquals(
                Failure.Kind.CONFLICT,
                assertThrows(Failure.class, () -> host.create("/priok/a", Limits.NONE))
                        .kind());
    }

    @Test
    void create_withABadPath_isInvalid() {
        for (String path : List.of("priok", "/", "/a/../b", "/a//b", "/a/./b", "/a\nb", "/" + "x/".repeat(40))) {
            Failure failure = assertThrows(Failure.class, () -> host.create(path, Limits.NONE), path);
            assertEquals(Failure.Kind.INVALID, failure.kind());
        }
    }

    @Test
    void placement_opensEveryTasksFileAndTheV2Directory() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        try (CgroupPlacement placement = group.placement()) {
            assertEquals(4, placement.tasksFiles().size());
            assertTrue(placement.v2Directory().isPresent());
        }
    }

    @Test
    void stats_readAllCounters() throws IOException {
        CgroupStats stats = host.create("/priok/a", Limits.NONE).stats();
        assertEquals(
                new CgroupStats.Cpu(
                        123456, 30_000_000, 40_000_000, List.of(100_000L, 23_456L), 5, 2, 700, 280_000_000, 2),
                stats.cpu());
        assertEquals(
                new CgroupStats.Memory(
                        4096, OptionalLong.of(8192), 1 << 20, 1, Map.of("cache", 4L, "total_inactive_file", 2L)),
                stats.memory());
        assertEquals(new CgroupStats.Pids(2, OptionalLong.empty()), stats.pids());
    }

    @Test
    void killAndFreeze_useV2BesideV1() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        files.writes.clear();
        group.freeze(Duration.ofSeconds(1));
        assertTrue(group.frozen());
        group.kill();
        group.thaw();
        assertEquals(
                List.of(
                        "unified/priok/a/cgroup.freeze=1",
                        "unified/priok/a/cgroup.kill=1",
                        "unified/priok/a/cgroup.freeze=0"),
                files.writes);
        assertEquals(3, group.oomKills());
    }

    @Test
    void freeze_givesUpAndThawsWhenProcessesDoNotStand() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        Files.writeString(folder.resolve("unified/priok/a/cgroup.events"), "frozen 0\n");
        assertThrows(IOException.class, () -> group.freeze(Duration.ofMillis(5)));
        assertFalse(group.frozen());
    }

    @Test
    void freeze_withoutV2_usesTheFreezer() throws IOException {
        files.refuse("unified/priok/a", Errno.EROFS);
        Cgroup group = host.create("/priok/a", Limits.NONE);
        group.freeze(Duration.ofSeconds(1));
        assertTrue(group.frozen());
        assertEquals("FROZEN", Files.readString(folder.resolve("freezer/priok/a/freezer.state")));
    }

    @Test
    void open_findsWhatAnEarlierProcessMade() throws IOException {
        assertTrue(host.open("/priok/a").isEmpty());
        host.create("/priok/a", Limits.NONE);
        Files.writeString(folder.resolve("pids/priok/a/cgroup.procs"), "17\n18\n");
        assertEquals(List.of(17, 18), host.open("/priok/a").orElseThrow().pids());
    }

    @Test
    void children_areNamedOnceWhereverTheyAre() throws IOException {
        host.create("/priok/b", Limits.NONE);
        files.mkdir(folder.resolve("memory/priok/a"));
        assertEquals(List.of("a", "b"), List.copyOf(host.children("/priok")));
        assertTrue(host.children("/none").isEmpty());
    }

    @Test
    void remove_takesGroupsBelowAlong() throws IOException {
        Cgroup group = host.create("/priok/a", Limits.NONE);
        files.mkdir(folder.resolve("memory/priok/a/inner"));
        files.refuse("pids/priok/a", Errno.EBUSY);
        group.remove();
        group.remove();
        assertTrue(host.open("/priok/a").isEmpty());
        host.removeIfEmpty("/priok");
        assertTrue(host.open("/priok").isEmpty());
    }

    @Test
    void view_namesHierarchiesAndLinks() throws IOException {
        CgroupView.Legacy view =
                (CgroupView.Legacy) host.create("/priok/a", Limits.NONE).view();
        assertEquals(
                List.of("cpu,cpuacct", "memory", "pids", "cpuset"),
                view.hierarchies().stream().map(CgroupView.Hierarchy::name).toList());
        assertEquals(
                List.of(new CgroupView.Link("cpu", "cpu,cpuacct"), new CgroupView.Link("cpuacct", "cpu,cpuacct")),
                view.links());
    }

    @Test
    void hugePages_areCheckedWhenBuilt() {
        assertThrows(IllegalArgumentException.class, () -> new HugePageLimit("../2MB", 1));
    }
}
