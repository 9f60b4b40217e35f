package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.ListQuery;
import dev.priok.engine.Containers.RemoveOptions;
import dev.priok.engine.Containers.StopOptions;
import dev.priok.engine.Containers.WaitCondition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LifecycleTest {
    private static final ContainerSpec SERVER = ContainerSpec.of("busybox");
    private static final RemoveOptions PLAIN = new RemoveOptions(false, false, false);

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

    private static ContainerSpec exits(int code) {
        return ContainerSpec.of("busybox", "exit", Integer.toString(code));
    }

    private static void refused(Failure.Kind kind, String message, Executable call) {
        Failure failure = assertThrows(Failure.class, call);
        assertEquals(message, failure.message());
        assertEquals(kind, failure.kind());
    }

    @Test
    void life_statesAndEvents() throws Exception {
        String id = h.create(SERVER);
        assertEquals(Status.CREATED, h.state(id).status());
        h.containers().start(id);
        assertEquals(Status.RUNNING, h.state(id).status());
        assertTrue(h.state(id).pid() > 0);
        h.containers().pause(id);
        assertEquals(Status.PAUSED, h.state(id).status());
        h.containers().unpause(id);
        h.containers().stop(id, StopOptions.DEFAULT);
        assertEquals(Status.EXITED, h.state(id).status());
        assertEquals(143, h.state(id).exitCode());
        h.containers().remove(id, PLAIN);
        assertEquals(List.of("create", "start", "pause", "unpause", "kill", "die", "stop", "destroy"), h.actions(id));
        refused(
                Failure.Kind.NOT_FOUND,
                "No such container: " + id,
                () -> h.containers().inspect(id, false));
    }

    @Test
    void illegal_inDockersWords() {
        String id = h.start(SERVER.withName("web"));
        refused(
                Failure.Kind.NOT_MODIFIED,
                "container is already running",
                () -> h.containers().start(id));
        refused(
                Failure.Kind.CONFLICT,
                "cannot remove container \"web\": container is running: stop the container before removing or force remove",
                () -> h.containers().remove(id, PLAIN));
        refused(
                Failure.Kind.INTERNAL,
                "container " + id + " is not paused",
                () -> h.containers().unpause(id));
        h.containers().pause(id);
        refused(
                Failure.Kind.CONFLICT,
                "cannot start a paused container, try unpause instead",
                () -> h.containers().start(id));
        refused(
                Failure.Kind.CONFLICT,
                "container " + id + " is already paused",
                () -> h.containers().pause(id));
        h.containers().kill(id, "");
        refused(
                Failure.Kind.CONFLICT,
                "cannot kill container: web: container " + id + " is not running",
                () -> h.containers().kill(id, "TERM"));
        refused(
                Failure.Kind.CONFLICT,
                "container " + id + " is not running",
                () -> h.containers().pause(id));
        assertEquals(
                Failure.Kind.NOT_MODIFIED,
                assertThrows(Failure.class, () -> h.containers().stop(id, StopOptions.DEFAULT))
                        .kind());
        refused(
                Failure.Kind.INVALID,
                "invalid signal: NOPE",
                () -> h.containers().kill(id, "NOPE"));
    }

    @Test
    void names_areUniqueAndComeFree() {
        String first = h.create(SERVER.withName("web"));
        refused(
                Failure.Kind.CONFLICT,
                "Conflict. The container name \"/web\" is already in use by container \"" + first
                        + "\". You have to remove (or rename) that container to be able to reuse that name.",
                () -> h.create(SERVER.withName("/web")));
        h.containers().rename(first, "old");
        String second = h.create(SERVER.withName("web"));
        assertEquals(second, h.containers().inspect("web", false).id());
        assertEquals(first, h.containers().inspect("/old", false).id());
        assertEquals(
                first, h.containers().inspect(first.substring(0, 20), false).id());
        h.containers().remove("web", PLAIN);
        assertNotEquals(second, h.create(SERVER.withName("web")));
        refused(
                Failure.Kind.INVALID,
                "Renaming a container with the same name as its current name",
                () -> h.containers().rename(first, "old"));
    }

    @Test
    void missingImage_leavesNothing() {
        refused(
                Failure.Kind.NOT_FOUND,
                "No such image: none",
                () -> h.create(ContainerSpec.of("none").withName("box")));
        assertEquals(0, h.snapshotter.snapshots().size());
        h.create(SERVER.withName("box"));
    }

    @Test
    void failedStart_isNotedAndCanBeRepeated() {
        String id = h.create(ContainerSpec.of("busybox", "missing"));
        refused(
                Failure.Kind.INVALID,
                "exec: \"missing\": executable file not found in $PATH",
                () -> h.containers().start(id));
        assertEquals(Status.CREATED, h.state(id).status());
        assertEquals(127, h.state(id).exitCode());
        assertEquals(
                "exec: \"missing\": executable file not found in $PATH",
                h.state(id).error());
        assertEquals(Map.of(), h.cgroups.groups);
        assertThrows(Failure.class, () -> h.containers().start(id));
    }

    @Test
    void wait_conditions() throws Exception {
        String id = h.create(exits(3));
        assertEquals(
                0,
                h.containers()
                        .wait(id, WaitCondition.NOT_RUNNING)
                        .get(0, TimeUnit.SECONDS)
                        .exitCode());
        CompletableFuture<ExitStatus> next = h.containers().wait(id, WaitCondition.NEXT_EXIT);
        CompletableFuture<ExitStatus> removed = h.containers().wait(id, WaitCondition.REMOVED);
        assertFalse(next.isDone());
        h.containers().start(id);
        assertEquals(3, next.get(10, TimeUnit.SECONDS).exitCode());
        assertFalse(removed.isDone());
        h.containers().remove(id, PLAIN);
        assertEquals(3, removed.get(10, TimeUnit.SECONDS).exitCode());
    }

    @Test
    void stop_escalates() throws Exception {
        String id = h.start(ContainerSpec.of("busybox", "stubborn"));
        h.containers().stop(id, new StopOptions(null, 0));
        assertEquals(137, h.state(id).exitCode());
        assertEquals(List.of(15, 9), h.runtime.of(id).signals);
        assertEquals(List.of("create", "start", "kill", "kill", "die", "stop"), h.actions(id));
    }

    @Test
    void otherSignals_doNotWait() {
        String id = h.start(SERVER);
        h.containers().kill(id, "SIGUSR1");
        assertEquals(Status.RUNNING, h.state(id).status());
        assertEquals(List.of(10), h.runtime.of(id).signals);
    }

    @Test
    void autoRemove_goesWithItsVolumes() throws Exception {
        StorageSpec storage =
                new StorageSpec(List.of("/data"), List.of(), List.of(), Map.of(), List.of(), "", 0, Map.of());
        String id = h.create(exits(0).withStorage(storage).withHost(HostSpec.removedAtExit()));
        assertEquals(1, h.engine().volumes().list(Filters.NONE).size());
        CompletableFuture<ExitStatus> removed = h.containers().wait(id, WaitCondition.REMOVED);
        h.containers().start(id);
        assertEquals(0, removed.get(10, TimeUnit.SECONDS).exitCode());
        assertEquals(List.of("create", "start", "die", "destroy"), h.actions(id));
        assertEquals(0, h.engine().volumes().list(Filters.NONE).size());
    }

    @Test
    void restartPolicy_countsAndStopsByHand() throws Exception {
        String id = h.start(exits(1).withRestart(new RestartPolicy("on-failure", 2)));
        EngineHarness.await(() -> h.runtime.starts.get() == 3 && h.state(id).status() == Status.EXITED);
        assertEquals(2, h.containers().inspect(id, false).restartCount());
        String always = h.start(exits(0).withRestart(new RestartPolicy("always", 0)));
        h.awaitStatus(always, Status.RESTARTING);
        h.containers().stop(always, StopOptions.DEFAULT);
        assertEquals(Status.EXITED, h.state(always).status());
    }

    @Test
    void restart_isStopAndStart() throws Exception {
        String id = h.start(SERVER.withHost(HostSpec.removedAtExit()));
        int pid = h.state(id).pid();
        h.containers().restart(id, StopOptions.DEFAULT);
        assertEquals(Status.RUNNING, h.state(id).status());
        assertNotEquals(pid, h.state(id).pid());
        assertEquals(List.of("create", "start", "kill", "die", "stop", "start", "restart"), h.actions(id));
    }

    @Test
    void outOfMemory_isToldBeforeTheEnd() throws Exception {
        h.cgroups.kills = 1;
        String id = h.start(exits(137)
                .withLimits(new Limits(
                        64 << 20, 0, 0, null, null, 0, 0, 0, 0, 0, 0, "", "", null, 0, List.of(), List.of(), List.of(),
                        List.of(), List.of(), List.of(), "")));
        // The state shows just before the event is told.
        EngineHarness.await(() -> h.allActions().contains("container die"));
        assertTrue(h.state(id).oomKilled());
        assertEquals(List.of("create", "start", "oom", "die"), h.actions(id));
    }

    @Test
    void list_filtersAndPrune() {
        String running = h.start(SERVER.withName("one").withLabels(Map.of("tier", "web")));
        String ended = h.start(exits(5).withName("two"));
        h.awaitStatus(ended, Status.EXITED);
        assertEquals(List.of(running), ids(false, Map.of()));
        assertEquals(List.of(ended, running), ids(true, Map.of()));
        assertEquals(List.of(ended), ids(false, Map.of("exited", List.of("5"))));
        assertEquals(List.of(running), ids(true, Map.of("label", List.of("tier=web"))));
        assertEquals(List.of(ended), ids(true, Map.of("name", List.of("tw"))));
        assertEquals(List.of(ended), ids(true, Map.of("since", List.of("one"))));
        assertEquals(List.of(ended, running), ids(true, Map.of("ancestor", List.of("busybox"))));
        assertEquals(List.of(), ids(true, Map.of("health", List.of("healthy"))));
        refused(
                Failure.Kind.INVALID,
                "invalid filter 'status=broken': must be one of created, dead, exited, paused, removing, restarting, running",
                () -> ids(true, Map.of("status", List.of("broken"))));
        PruneResult pruned = h.containers().prune(Filters.NONE);
        assertEquals(new PruneResult(List.of(ended), 100), pruned);
        assertEquals(List.of(running), ids(true, Map.of()));
    }

    private List<String> ids(boolean all, Map<String, List<String>> filters) {
        return h.containers().list(new ListQuery(all, 0, false, new Filters(filters))).stream()
                .map(ContainerView::id)
                .toList();
    }

    @Test
    void volumes_inUseStay() {
        StorageSpec storage =
                new StorageSpec(List.of(), List.of("db:/data"), List.of(), Map.of(), List.of(), "", 0, Map.of());
        String id = h.create(SERVER.withStorage(storage));
        refused(
                Failure.Kind.CONFLICT,
                "remove db: volume is in use - [" + id + "]",
                () -> h.engine().volumes().remove("db", false));
        h.remove(id);
        assertEquals(List.of(), h.engine().volumes().prune(Filters.NONE).deleted());
        assertEquals(
                List.of("db"),
                h.engine()
                        .volumes()
                        .prune(new Filters(Map.of("all", List.of("1"))))
                        .deleted());
    }

    @Test
    void volumesAndNetworks_areToldAroundTheRun() throws Exception {
        StorageSpec storage =
                new StorageSpec(List.of(), List.of("db:/data"), List.of(), Map.of(), List.of(), "", 0, Map.of());
        String id = h.start(exits(0).withStorage(storage));
        h.awaitStatus(id, Status.EXITED);
        EngineHarness.await(() -> h.allActions().getLast().equals("container die"));
        assertEquals(
                List.of(
                        "volume create",
                        "container create",
                        "volume mount",
                        "network connect",
                        "container start",
                        "network disconnect",
                        "volume unmount",
                        "container die"),
                h.allActions());
    }

    @Test
    void update_reachesTheCgroup() {
        String id = h.start(SERVER);
        Limits limits = new Limits(
                64 << 20, 0, 0, null, null, 0, 0, 0, 0, 0, 0, "", "", 5L, 0, List.of(), List.of(), List.of(), List.of(),
                List.of(), List.of(), "");
        h.containers().update(id, limits, new RestartPolicy("always", 0));
        ContainerSpec spec = h.containers().inspect(id, false).spec();
        assertEquals(64 << 20, spec.limits().memory());
        assertEquals("always", spec.restart().name());
        assertEquals(
                5, h.cgroups.groups.values().iterator().next().limits.pids().orElseThrow());
    }

    @Test
    void exec_lifeAndRefusals() throws Exception {
        String id = h.start(SERVER);
        String exec = h.engine().execs().create(id, ExecSpec.of("exit", "9"));
        h.engine().execs().startDetached(exec);
        EngineHarness.await(() -> h.engine().execs().inspect(exec).exitCode() != null);
        assertEquals(9, h.engine().execs().inspect(exec).exitCode());
        refused(
                Failure.Kind.CONFLICT,
                "exec session " + exec + " has already run",
                () -> h.engine().execs().startDetached(exec));
        refused(
                Failure.Kind.INVALID,
                "No exec command specified",
                () -> h.engine().execs().create(id, ExecSpec.of()));
        assertEquals(
                List.of("create", "start", "exec_create: exit 9", "exec_start: exit 9", "exec_die"), h.actions(id));
        h.containers().kill(id, "");
        refused(
                Failure.Kind.CONFLICT,
                "container " + id + " is not running",
                () -> h.engine().execs().create(id, ExecSpec.of("x")));
    }

    @Test
    void manyAtOnce_endConsistent() throws Exception {
        String id = h.create(SERVER);
        List<Runnable> operations = List.of(
                () -> h.containers().start(id),
                () -> h.containers().stop(id, new StopOptions(null, 0)),
                () -> h.containers().kill(id, "KILL"),
                () -> h.containers().pause(id),
                () -> h.containers().unpause(id),
                () -> h.containers().restart(id, new StopOptions(null, 0)));
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                Runnable operation = operations.get(i % operations.size());
                all.add(pool.submit(() -> {
                    try {
                        operation.run();
                    } catch (Failure e) {
                        assertNotEquals("", e.message());
                    }
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
        h.remove(id);
        assertFalse(h.exists(id));
        EngineHarness.await(h.cgroups.groups::isEmpty);
        assertEquals(Optional.empty(), h.snapshotter.find("none"));
    }

    @Test
    void unhealthy_isRestartedWhenItsLabelAsksForIt() throws Exception {
        Healthcheck failing = new Healthcheck(List.of("CMD", "exit", "1"), 20_000_000, 0, 0, 0, 2);
        String asks = h.start(ContainerSpec.of("busybox")
                .withHealthcheck(failing)
                .withLabels(Map.of("priok.restart-on-unhealthy", "true")));
        int pid = h.state(asks).pid();
        String silent = h.start(ContainerSpec.of("busybox").withHealthcheck(failing));
        EngineHarness.await(() -> h.state(asks).pid() != pid && h.state(asks).live());
        EngineHarness.await(() -> {
            ContainerState.Health health = h.state(silent).health();
            return health != null && health.status().equals("unhealthy");
        });
        assertFalse(h.actions(silent).contains("die"));
        // The event of the restart follows the new run's start.
        List<String> told = List.of("health_status: unhealthy", "kill", "die", "restart");
        EngineHarness.await(() -> {
            try {
                return h.actions(asks).containsAll(told);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
