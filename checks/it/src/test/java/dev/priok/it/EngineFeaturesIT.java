package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.AttachRequest;
import dev.priok.engine.Containers.ProcessTable;
import dev.priok.engine.Cursor;
import dev.priok.engine.DeviceSpec;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.HostSpec;
import dev.priok.engine.Limits;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.Session;
import dev.priok.engine.Stats;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.Upkeep;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docker run}'s options do, seen from inside. */
@Tag("root")
@Timeout(120)
class EngineFeaturesIT {
    @TempDir
    Path folder;

    private EngineBox box;

    @BeforeEach
    void open() throws Exception {
        box = new EngineBox(folder);
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    private static ContainerSpec sh(String command) {
        return ContainerSpec.of("busybox", "sh", "-c", command);
    }

    private static ContainerSpec as(ContainerSpec spec, String user, String dir, boolean tty) {
        ProcessSpec p = spec.process();
        return spec.withProcess(new ProcessSpec(
                p.entrypoint(),
                p.cmd(),
                p.env(),
                dir,
                user,
                List.of(),
                tty,
                tty,
                false,
                false,
                true,
                true,
                "",
                null,
                null,
                List.of(),
                24,
                80));
    }

    private static Limits limits(long memory, @Nullable Long pids, List<Limits.Ulimit> ulimits) {
        return new Limits(
                memory, memory, 0, null, null, 0, 0, 0, 0, 0, 0, "", "", pids, 0, List.of(), List.of(), List.of(),
                List.of(), List.of(), ulimits, "");
    }

    private String output(ContainerSpec spec) throws Exception {
        EngineBox.Outcome outcome = box.run(spec);
        assertEquals(0, outcome.code(), outcome.output());
        return outcome.output();
    }

    @Test
    void user_andItsGroups() throws Exception {
        assertEquals("uid=1(bin) gid=1(bin) groups=1(bin),10(wheel)\n", output(as(sh("id"), "bin", "", false)));
        assertEquals("CapEff:\t0000000000000000\n", output(as(sh("grep CapEff /proc/self/status"), "1000", "", false)));
        assertEquals("CapEff:\t00000000a80425fb\n", output(sh("grep CapEff /proc/self/status")));
    }

    @Test
    void workingDirectory_isMade() throws Exception {
        assertEquals("/srv/app\n", output(as(sh("pwd"), "", "/srv/app", false)));
    }

    @Test
    void privileged_seesDevicesAndWritesSys() throws Exception {
        SecuritySpec privileged = new SecuritySpec(List.of(), List.of(), true, List.of(), null, null, false);
        assertEquals(
                "yes\n",
                output(sh("mount -t tmpfs none /tmp && test -e /dev/kmsg && echo yes")
                        .withSecurity(privileged)));
        assertEquals(1, box.run(sh("mount -t tmpfs none /tmp 2>/dev/null")).code());
    }

    @Test
    void readOnlyRoot_andTmpfs() throws Exception {
        SecuritySpec readonly = new SecuritySpec(List.of(), List.of(), false, List.of(), null, null, true);
        StorageSpec storage =
                new StorageSpec(List.of(), List.of(), List.of(), Map.of("/tmp", "size=1m"), List.of(), "", 0, Map.of());
        assertEquals(
                "ok\n",
                output(sh("touch /x 2>/dev/null || touch /tmp/x && echo ok")
                        .withSecurity(readonly)
                        .withStorage(storage)));
    }

    @Test
    void bind_readOnlyAndWritable() throws Exception {
        Path shared = Files.createDirectories(folder.resolve("shared"));
        StorageSpec storage = new StorageSpec(
                List.of(),
                List.of(shared + ":/rw", shared + ":/ro:ro"),
                List.of(),
                Map.of(),
                List.of(),
                "",
                0,
                Map.of());
        assertEquals(
                "kept\n",
                output(sh("touch /ro/x 2>/dev/null || echo kept > /rw/x; cat /ro/x")
                        .withStorage(storage)));
        assertEquals("kept\n", Files.readString(shared.resolve("x")));
    }

    @Test
    void namespaces_sharedAndHosts() throws Exception {
        String donor = box.start(sh("hostname > /dev/shm/name; sleep 1000")
                .withNamespaces(new NamespaceSpec("shareable", "", "", "", "")));
        NamespaceSpec joined = new NamespaceSpec("container:" + donor, "container:" + donor, "", "", "");
        assertEquals(
                donor.substring(0, 12) + "\n",
                output(sh("while ! test -s /dev/shm/name; do sleep 0.1; done; cat /dev/shm/name")
                        .withNamespaces(joined)
                        .withNetwork(NetworkSpec.DEFAULT.withMode("container:" + donor))));
        String hostNet = output(sh("readlink /proc/self/ns/net || ls -l /proc/self/ns/net")
                .withNetwork(NetworkSpec.DEFAULT.withMode("host")));
        assertTrue(hostNet.contains(
                Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString()));
    }

    @Test
    void memory_overLimitIsKilled() throws Exception {
        String id = box.start(sh("exec 2>&1; dd if=/dev/zero of=/dev/null bs=200M count=1; echo survived")
                .withLimits(limits(16 << 20, null, List.of())));
        box.await(id);
        assertTrue(box.containers().inspect(id, false).state().oomKilled());
        assertEquals("Killed\nsurvived\n", box.log(id));
    }

    @Test
    void ulimitsSysctlsAndDevices() throws Exception {
        ContainerSpec spec = sh("ulimit -n; cat /proc/sys/net/ipv4/ip_default_ttl; test -c /dev/mine && echo device")
                .withLimits(limits(0, 50L, List.of(new Limits.Ulimit("nofile", 100, 200))))
                .withHost(new HostSpec(
                        false, null, Map.of("net.ipv4.ip_default_ttl", "99"), 0, Map.of(), "", "", "", Upkeep.UNSAID))
                .withDevices(new DeviceSpec(
                        List.of(new DeviceSpec.Device("/dev/null", "/dev/mine", "rw")), List.of(), List.of()));
        assertEquals("100\n99\ndevice\n", output(spec));
    }

    @Test
    void terminal_isOneRawStream() throws Exception {
        String id = box.containers()
                .create(as(sh("stty size; read x; echo got $x"), "", "", true), Optional.empty())
                .id();
        try (Session session = box.containers().attach(id, new AttachRequest(true, true, true, true, false, null))) {
            EngineBox.Collector out = new EngineBox.Collector();
            session.connect(out);
            box.containers().start(id);
            // The terminal echoes at once: what is typed too early stands before the output.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!out.text().startsWith("24 80\r\n")) {
                assertTrue(System.nanoTime() < deadline, out.text());
                Thread.sleep(5);
            }
            byte[] typed = "abc\n".getBytes(StandardCharsets.UTF_8);
            session.write(typed, 0, typed.length);
            session.ended().get(20, TimeUnit.SECONDS);
            assertTrue(out.text().endsWith("got abc\r\n"), out.text());
        }
    }

    @Test
    void init_reapsAndHandsSignalsOn() throws Exception {
        ContainerSpec spec =
                sh("trap 'echo told; exit 9' TERM; (sleep 0.1 &); cat /proc/1/comm; while :; do sleep 0.1; done")
                        .withHost(new HostSpec(false, true, Map.of(), 0, Map.of(), "", "", "", Upkeep.UNSAID));
        String id = box.start(spec);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (box.log(id).isEmpty()) {
            assertTrue(System.nanoTime() < deadline);
            Thread.sleep(5);
        }
        ExecSpec noZombie = ExecSpec.of("sh", "-c", "! grep -l '(zombie)' /proc/[0-9]*/status");
        while (box.exec(id, noZombie, "").code() != 0) {
            assertTrue(System.nanoTime() < deadline, "an orphan is not reaped");
        }
        box.containers().stop(id, dev.priok.engine.Containers.StopOptions.DEFAULT);
        assertEquals(9, box.containers().inspect(id, false).state().exitCode());
        assertEquals("docker-init\ntold\n", box.log(id));
    }

    @Test
    void topAndStats_showProcesses() throws Exception {
        String id = box.start(ContainerSpec.of("busybox", "sleep", "1000"));
        ProcessTable table = box.containers().top(id, "");
        assertEquals("UID", table.titles().getFirst());
        assertTrue(table.rows().getFirst().getLast().startsWith("sleep 1000"), table.toString());
        try (Cursor<Stats> stats = box.containers().stats(id, false, true)) {
            Stats one = stats.next();
            assertTrue(one.pids().current() >= 1);
            assertTrue(one.memory().usage() > 0);
            assertEquals(null, stats.next());
        }
    }

    @Test
    void health_turnsHealthyThenUnhealthy() throws Exception {
        long ms = 1_000_000;
        String id = box.start(sh("touch /tmp/ok; sleep 1000")
                .withHealthcheck(new Healthcheck(
                        List.of("CMD-SHELL", "test -e /tmp/ok || { echo gone; exit 1; }"),
                        100 * ms,
                        5000 * ms,
                        0,
                        0,
                        2)));
        assertEquals(
                "starting", box.containers().inspect(id, false).state().health().status());
        awaitHealth(id, "healthy");
        box.exec(id, ExecSpec.of("sh", "-c", "busybox rm /tmp/ok"), "");
        awaitHealth(id, "unhealthy");
        assertEquals(
                "gone\n",
                box.containers()
                        .inspect(id, false)
                        .state()
                        .health()
                        .log()
                        .getLast()
                        .output());
    }

    private void awaitHealth(String id, String status) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!box.containers().inspect(id, false).state().health().status().equals(status)) {
            assertTrue(System.nanoTime() < deadline, "not " + status);
            Thread.sleep(5);
        }
    }

    @Test
    void policy_restartsAfterTheEnd() throws Exception {
        String id = box.start(
                sh("echo run; sleep 0.2; exit 1").withRestart(new dev.priok.engine.RestartPolicy("on-failure", 2)));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (box.containers().inspect(id, false).state().status() != Status.EXITED) {
            assertTrue(System.nanoTime() < deadline);
            Thread.sleep(5);
        }
        assertEquals("run\nrun\nrun\n", box.log(id));
        assertEquals(2, box.containers().inspect(id, false).restartCount());
    }
}
