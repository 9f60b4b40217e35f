package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.CommitRequest;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.StopOptions;
import dev.priok.engine.Containers.WaitCondition;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a second engine finds on the data of a first. */
@Timeout(60)
class EngineRecoveryTest {
    private static final ContainerSpec SERVER = ContainerSpec.of("busybox");

    @TempDir
    Path folder;

    private EngineHarness h;

    @BeforeEach
    void open() throws Exception {
        h = new EngineHarness(folder);
    }

    @AfterEach
    void close() {
        h.close();
    }

    private void reopen() throws Exception {
        h.shutDown();
        h.open();
    }

    @Test
    void running_isJoinedAgain() throws Exception {
        String id = h.start(SERVER.withName("web"));
        int pid = h.state(id).pid();
        reopen();
        assertEquals(Status.RUNNING, h.state("web").status());
        assertEquals(pid, h.state("web").pid());
        CompletableFuture<ExitStatus> exit = h.containers().wait(id, WaitCondition.NOT_RUNNING);
        h.containers().stop(id, StopOptions.DEFAULT);
        assertEquals(143, exit.get(10, TimeUnit.SECONDS).exitCode());
    }

    @Test
    void paused_staysPaused() throws Exception {
        String id = h.start(SERVER);
        h.containers().pause(id);
        reopen();
        assertEquals(Status.PAUSED, h.state(id).status());
        h.containers().unpause(id);
        assertEquals(Status.RUNNING, h.state(id).status());
    }

    @Test
    void ended_getsItsCode() throws Exception {
        String id = h.start(SERVER);
        h.shutDown();
        h.runtime.of(id).end(7 << 8);
        h.open();
        h.awaitStatus(id, Status.EXITED);
        assertEquals(7, h.state(id).exitCode());
    }

    @Test
    void endedWithItsMonitor_getsItsCode() throws Exception {
        String id = h.start(SERVER);
        h.shutDown();
        h.runtime.of(id).end(9);
        h.runtime.of(id).monitorGone = true;
        h.open();
        assertEquals(Status.EXITED, h.state(id).status());
        assertEquals(137, h.state(id).exitCode());
        assertEquals(Map.of(), h.cgroups.groups);
    }

    @Test
    void unwrittenEnd_isToldAndWrittenLater() throws Exception {
        String id = h.start(SERVER);
        Path record = folder.resolve("run/containers").resolve(id);
        CompletableFuture<ExitStatus> wait = h.containers().wait(id, WaitCondition.NOT_RUNNING);
        h.refuseWrites(true);
        h.runtime.of(id).end(7 << 8);
        assertEquals(7, wait.get(20, TimeUnit.SECONDS).exitCode());
        assertEquals(Status.EXITED, h.state(id).status());
        EngineHarness.await(h.cgroups.groups::isEmpty);
        assertTrue(Files.exists(record));
        h.refuseWrites(false);
        EngineHarness.await(() -> Files.notExists(record));
        h.shutDown();
        h.open();
        assertEquals(7, h.state(id).exitCode());
    }

    @Test
    void unwrittenEnd_canBeRemoved() throws Exception {
        String id = h.start(SERVER);
        h.refuseWrites(true);
        h.remove(id);
        Path record = folder.resolve("run/containers").resolve(id);
        EngineHarness.await(() -> Files.notExists(record));
        String ended = h.start(SERVER);
        h.runtime.of(ended).end(0);
        h.awaitStatus(ended, Status.EXITED);
        h.remove(ended);
        EngineHarness.await(
                () -> Files.notExists(folder.resolve("data/containers").resolve(ended)));
        assertFalse(h.exists(ended));
    }

    @Test
    void lost_is255() throws Exception {
        String id = h.start(SERVER);
        h.shutDown();
        h.runtime.of(id).monitorGone = true;
        h.open();
        assertEquals(255, h.state(id).exitCode());
    }

    @Test
    void autoRemove_goes() throws Exception {
        String id = h.start(SERVER.withHost(HostSpec.removedAtExit()));
        h.shutDown();
        h.runtime.of(id).end(0);
        h.open();
        EngineHarness.await(() -> !h.exists(id));
    }

    @Test
    void policies_areApplied() throws Exception {
        String always = h.start(SERVER.withRestart(new RestartPolicy("always", 0)));
        String unless = h.start(SERVER.withRestart(new RestartPolicy("unless-stopped", 0)));
        String failed = h.start(SERVER.withRestart(new RestartPolicy("on-failure", 0)));
        String none = h.start(SERVER);
        h.containers().stop(always, StopOptions.DEFAULT);
        h.containers().stop(unless, StopOptions.DEFAULT);
        h.shutDown();
        h.runtime.of(failed).end(1 << 8);
        h.runtime.of(none).end(1 << 8);
        h.open();
        h.awaitStatus(always, Status.RUNNING);
        h.awaitStatus(failed, Status.RUNNING);
        h.awaitStatus(none, Status.EXITED);
        assertEquals(Status.EXITED, h.state(unless).status());
    }

    @Test
    void halfMade_isSwept() throws Exception {
        String kept = h.create(SERVER);
        String lost = "f".repeat(64);
        Path files = Files.createDirectories(folder.resolve("data/containers").resolve(lost));
        h.snapshotter.prepare("container-" + lost, ChainId.SCRATCH, Snapshot.Kind.WRITABLE);
        h.snapshotter.prepare("build-1", ChainId.SCRATCH, Snapshot.Kind.WRITABLE);
        reopen();
        assertFalse(Files.exists(files));
        assertEquals(
                List.of("build-1", "container-" + kept),
                h.snapshotter.snapshots().stream().map(Snapshot::key).sorted().toList());
    }

    @Test
    void rowThatCannotBeTakenOver_keepsAllThatIsItsOwn() throws Exception {
        String id = h.start(SERVER.withName("web"));
        h.database()
                .transact(tx -> tx.update(
                        "UPDATE engine_container SET definition = replace(definition, ?, ?)", "json-file", "nonsense"));
        reopen();
        assertFalse(h.exists(id));
        assertTrue(h.runtime.of(id).signals.isEmpty());
        assertTrue(Files.exists(folder.resolve("data/containers").resolve(id)));
        assertTrue(Files.exists(folder.resolve("run/containers").resolve(id)));
        assertEquals(Set.of("/priok/" + id), h.cgroups.groups.keySet());
        assertEquals(
                List.of("container-" + id),
                h.snapshotter.snapshots().stream().map(Snapshot::key).toList());
    }

    @Test
    void processThatCannotBeJoined_isKilledAndItsMonitorDismissed() throws Exception {
        String id = h.start(SERVER);
        h.shutDown();
        h.runtime.of(id).broken = true;
        h.open();
        assertEquals(Status.EXITED, h.state(id).status());
        assertEquals(137, h.state(id).exitCode());
        assertEquals(List.of(9), h.runtime.of(id).signals);
        assertTrue(h.runtime.of(id).monitorGone);
        assertEquals(Map.of(), h.cgroups.groups);
    }

    @Test
    void cgroupsOfOthersBelowTheSameParent_stay() throws Exception {
        String halfMade = h.create(SERVER);
        String ofAnotherDaemon = "e".repeat(64);
        String used = "d".repeat(64);
        h.cgroups.create("/priok/" + halfMade, dev.priok.cgroup.Limits.NONE);
        h.cgroups.create("/priok/" + ofAnotherDaemon, dev.priok.cgroup.Limits.NONE);
        h.cgroups.create("/priok/" + used, dev.priok.cgroup.Limits.NONE);
        h.cgroups.create("/priok/service", dev.priok.cgroup.Limits.NONE);
        h.cgroups.groups.get("/priok/" + used).pids = List.of(1);
        reopen();
        assertEquals(
                Set.of("/priok/" + ofAnotherDaemon, "/priok/" + used, "/priok/service"), h.cgroups.groups.keySet());
    }

    @Test
    void cgroupOfARemovedContainer_isSweptWhereverItWas() throws Exception {
        String gone = "e".repeat(64);
        Path run = Files.createDirectories(folder.resolve("run/containers").resolve(gone));
        Files.writeString(run.resolve("cgroup"), "/own/parent/" + gone);
        h.cgroups.create("/own/parent/" + gone, dev.priok.cgroup.Limits.NONE);
        reopen();
        assertEquals(Map.of(), h.cgroups.groups);
        assertFalse(Files.exists(run));
    }

    @Test
    void pausedByACommit_goesOnAfterTheDaemonWasKilled() throws Exception {
        String id = h.start(SERVER);
        AtomicReference<String> onDisk = new AtomicReference<>("");
        h.snapshotter.whileCopying = () -> {
            onDisk.set(h.database()
                    .transact(tx -> tx.query("SELECT condition FROM engine_container", row -> row.getString(1))
                            .getFirst()));
            assertTrue(h.cgroups.groups.get("/priok/" + id).frozen());
        };
        // The fake copies nothing.
        assertThrows(
                UnsupportedOperationException.class,
                () -> h.containers().commit(id, new CommitRequest("", "", "", "", true, List.of(), null)));
        assertEquals(Status.RUNNING, h.state(id).status());
        // As the kill would have left it.
        h.shutDown();
        h.cgroups.groups.get("/priok/" + id).freeze(java.time.Duration.ZERO);
        h.open(database ->
                database.transact(tx -> tx.update("UPDATE engine_container SET condition = ?", onDisk.get())));
        assertEquals(Status.RUNNING, h.state(id).status());
        assertFalse(h.cgroups.groups.get("/priok/" + id).frozen());
        // A pause by the user is one that stays.
        h.containers().pause(id);
        reopen();
        assertEquals(Status.PAUSED, h.state(id).status());
    }

    @Test
    void execSession_isInspectedAndItsEndIsTold() throws Exception {
        String id = h.start(SERVER);
        String running = h.engine().execs().create(id, ExecSpec.of("sleep", "9"));
        h.engine().execs().startDetached(running);
        String ended = h.engine().execs().create(id, ExecSpec.of("false"));
        h.engine().execs().startDetached(ended);
        h.shutDown();
        h.runtime.of(ended).end(3 << 8);
        h.runtime.of(ended).monitorGone = true;
        h.open();
        assertTrue(h.engine().execs().inspect(running).running());
        assertEquals(
                List.of("sleep", "9"),
                h.engine().execs().inspect(running).spec().cmd());
        assertEquals(Integer.valueOf(3), h.engine().execs().inspect(ended).exitCode());
        h.runtime.of(running).end(4 << 8);
        EngineHarness.await(() ->
                Integer.valueOf(4).equals(h.engine().execs().inspect(running).exitCode()));
    }

    @Test
    void names_volumesAndRemovalLast() throws Exception {
        StorageSpec storage =
                new StorageSpec(List.of(), List.of("db:/data"), List.of(), Map.of(), List.of(), "", 0, Map.of());
        String id = h.create(SERVER.withName("web").withStorage(storage));
        h.containers().rename("web", "shop");
        String gone = h.create(SERVER.withName("gone"));
        h.remove(gone);
        reopen();
        assertEquals(id, h.containers().inspect("shop", false).id());
        assertFalse(h.exists("gone"));
        assertEquals("db", h.engine().volumes().inspect("db").name());
        assertNotEquals(gone, h.create(SERVER.withName("gone")));
    }
}
