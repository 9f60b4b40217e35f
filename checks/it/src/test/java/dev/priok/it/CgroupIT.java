package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Control groups of the real kernel, on whatever kind of host this is. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class CgroupIT {
    private static final long MEBIBYTE = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String parent = "/priok-it-" + ProcessHandle.current().pid();
    private final List<Cgroup> groups = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private CgroupHierarchy host;

    @BeforeEach
    void detect() throws IOException {
        host = CgroupHierarchy.detect();
    }

    @AfterEach
    void clean() throws Exception {
        for (Cgroup group : groups) {
            group.kill();
        }
        for (Process process : processes) {
            assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        for (Cgroup group : groups) {
            group.remove();
        }
        host.removeIfEmpty(parent);
        assertTrue(host.open(parent).isEmpty(), "nothing is left");
    }

    private Cgroup create(String name, Limits limits) throws IOException {
        Cgroup group = host.create(parent + "/" + name, limits);
        groups.add(group);
        return group;
    }

    /** Runs a shell command that joins by itself first, as priok-init does. */
    private Process run(Cgroup group, String command) throws IOException {
        try (CgroupPlacement placement = group.placement()) {
            String descriptors = "/proc/" + ProcessHandle.current().pid() + "/fd/";
            StringBuilder script = new StringBuilder("set -e\n");
            for (Fd tasks : placement.tasksFiles()) {
                script.append("echo 0 > ")
                        .append(descriptors)
                        .append(tasks.number())
                        .append('\n');
            }
            placement
                    .v2Directory()
                    .ifPresent(v2 -> script.append("echo 0 > ")
                            .append(descriptors)
                            .append(v2.number())
                            .append("/cgroup.procs\n"));
            script.append("echo joined\nset +e\n").append(command);
            Process process = new ProcessBuilder("sh", "-c", script.toString())
                    .redirectErrorStream(true)
                    .start();
            processes.add(process);
            assertEquals("joined", process.inputReader().readLine());
            return process;
        }
    }

    private static void eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - deadline < 0, "in time");
            Thread.sleep(5);
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    @Test
    void process_isCountedFrozenAndKilled() throws Exception {
        Cgroup group = create("life", Limits.NONE);
        assertEquals(List.of(), group.warnings());
        Process process = run(group, "while :; do :; done & while :; do :; done");
        eventually(() -> group.pids().size() == 2);
        assertTrue(group.pids().contains((int) process.pid()));
        eventually(() -> group.stats().cpu().usageNanos() > 20_000_000);
        CgroupStats stats = group.stats();
        assertEquals(2, stats.pids().current());
        assertTrue(stats.memory().usageBytes() > 0);
        assertFalse(stats.memory().details().isEmpty());
        assertTrue(stats.cpu().hostNanos() > stats.cpu().usageNanos());

        group.freeze(PATIENCE);
        assertTrue(group.frozen());
        long then = group.stats().cpu().usageNanos();
        assertEquals(then, group.stats().cpu().usageNanos(), "a frozen process uses no time");
        Cgroup again = CgroupHierarchy.detect().open(group.path()).orElseThrow();
        assertTrue(again.frozen(), "a later daemon sees it");
        again.thaw();
        eventually(() -> group.stats().cpu().usageNanos() > then);

        assertThrows(Failure.class, () -> host.create(group.path(), Limits.NONE));
        group.freeze(PATIENCE);
        group.kill();
        assertEquals(137, process.waitFor());
        group.remove();
        assertTrue(host.open(group.path()).isEmpty());
    }

    @Test
    void memory_isLimitedAndItsLackIsTold() throws Exception {
        Cgroup group = create("memory", Limits.NONE.withMemory(MemoryLimits.ofBytes(24 * MEBIBYTE)));
        assertEquals(24 * MEBIBYTE, group.stats().memory().limitBytes());
        CompletableFuture<Long> told = new CompletableFuture<>();
        try (Cgroup.OomWatch _ = group.watchOom(told::complete)) {
            Process process = run(group, "head -c 100M /dev/zero | tail | wc -c");
            told.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            process.waitFor();
        }
        eventually(() -> group.oomKills() > 0);
    }

    @Test
    void update_changesARunningGroup() throws Exception {
        Cgroup group = create("update", Limits.NONE.withMemory(MemoryLimits.ofBytes(64 * MEBIBYTE)));
        run(group, "sleep 100");
        assertEquals(
                List.of(),
                group.update(Limits.NONE
                        .withMemory(MemoryLimits.ofBytes(32 * MEBIBYTE))
                        .withCpu(CpuLimits.NONE.withNanoCpus(500_000_000).withShares(512))
                        .withPids(17)));
        assertEquals(32 * MEBIBYTE, group.stats().memory().limitBytes());
        assertEquals(OptionalLong.of(17), group.stats().pids().limit());
        group.update(Limits.NONE.withPids(-1));
        assertEquals(OptionalLong.empty(), group.stats().pids().limit());
        Failure failure = assertThrows(
                Failure.class, () -> group.update(Limits.NONE.withCpu(CpuLimits.NONE.withSets("4000", ""))));
        assertEquals(Failure.Kind.INVALID, failure.kind());
    }

    @Test
    void pids_areLimited() throws Exception {
        Cgroup group = create("pids", Limits.NONE.withPids(3));
        Process process = run(group, "(for i in 1 2 3 4 5; do sleep 100 > /dev/null 2>&1 & done) 2>&1; echo end");
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(output.contains("fork"), output);
    }

    @Test
    void cpuset_pins() throws Exception {
        Cgroup group = create("cpuset", Limits.NONE.withCpu(CpuLimits.NONE.withSets("0", "0")));
        assertEquals(List.of(), group.warnings());
        assertNotEquals("", host.availableCpus());
        assertEquals("1", run(group, "nproc").inputReader().readLine());
    }

    @Test
    void devices_areDeniedButTheAllowedOnes() throws Exception {
        Cgroup group = create(
                "devices",
                Limits.NONE.withDevices(
                        List.of(DeviceRule.DENY_ALL, DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3, "rw"))));
        String probe = "for d in null zero full; do (: < /dev/$d) 2>/dev/null && echo $d yes || echo $d no; done";
        Process process = run(group, probe);
        assertEquals("null yes", process.inputReader().readLine());
        assertEquals("zero no", process.inputReader().readLine());
        assertEquals("full no", process.inputReader().readLine());
        group.update(Limits.NONE.withDevices(
                List.of(DeviceRule.DENY_ALL, DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 5, "r"))));
        process = run(group, "head -c 3 /dev/zero | wc -c; : < /dev/null");
        assertEquals("3", process.inputReader().readLine(), "the new rules hold");
        assertTrue(process.inputReader().readLine().contains("not permitted"), "the old ones no more");
    }

    @Test
    void groupsBelow_areKilledAndRemovedToo() throws Exception {
        Cgroup group = create("tree", Limits.NONE);
        Cgroup below = create("tree/below/deep", Limits.NONE);
        Process process = run(below, "sleep 100");
        assertTrue(group.pids().contains((int) process.pid()));
        assertThrows(Failure.class, group::remove);
        group.kill();
        process.waitFor();
        group.remove();
        assertTrue(host.open(below.path()).isEmpty());
    }
}
