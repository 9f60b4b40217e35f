package dev.priok.engine.lifecycle;

import dev.priok.cgroup.Cgroup;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.network.Attachments;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.state.Condition;
import dev.priok.engine.state.EngineStore;
import dev.priok.linux.Fd;
import dev.priok.logs.Journals;
import dev.priok.logs.LogStream;
import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what the engine before this one left: running containers are joined again, ended ones get their exit codes, and
 * what was half made or half removed goes away.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Machine machine;
    private final Registry registry;
    private final ContainerNetworks networks;
    private final Lifecycle lifecycle;
    private final Remover remover;
    private final Creator creator;
    private final Starter starter;
    private final ExecSessions execs;
    private final VolumeStore volumes;
    private final Signalling signalling;

    /** Ids of all rows, also of those that cannot be taken over: nothing of theirs may be swept away. */
    private final Set<String> known = new HashSet<>();

    Recovery(
            Machine machine,
            Registry registry,
            ContainerNetworks networks,
            Lifecycle lifecycle,
            Remover remover,
            Creator creator,
            Starter starter,
            ExecSessions execs,
            VolumeStore volumes,
            Signalling signalling) {
        this.signalling = signalling;
        this.machine = machine;
        this.registry = registry;
        this.networks = networks;
        this.lifecycle = lifecycle;
        this.remover = remover;
        this.creator = creator;
        this.starter = starter;
        this.execs = execs;
        this.volumes = volumes;
    }

    /** Takes over; returns when all containers have their true state. Restarts by policy follow in the background. */
    void run() {
        for (EngineStore.Stored stored : machine.store().containers()) {
            known.add(stored.definition().id());
            try {
                register(stored);
            } catch (RuntimeException e) {
                volumes.keep(stored.definition().mounts());
                LOG.error(
                        "container {} cannot be taken over", stored.definition().id(), e);
            }
        }
        execs.takeOver();
        List<CompletableFuture<Void>> all = registry.all().stream()
                .map(container -> CompletableFuture.runAsync(() -> takeOver(container), machine.background()))
                .toList();
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
        recoverNetworks();
        stopSurvivors();
        sweep();
        registry.all().forEach(container -> machine.run(() -> applyPolicy(container)));
    }

    /** An engine whose containers end with it was killed: they end now. */
    private void stopSurvivors() {
        machine.config()
                .farewell()
                .ifPresent(patience -> signalling.stopWithEngine(
                        registry.all().stream()
                                .filter(container -> container.run != null)
                                .toList(),
                        patience));
    }

    private void recoverNetworks() {
        List<Container> running =
                registry.all().stream().filter(c -> c.run != null).toList();
        networks.recover(running.stream()
                .map(c -> new Attachments.Running(c.definition(), c.state().pid()))
                .toList());
        for (Container container : running) {
            if (container.run == null) {
                networks.attachments().detach(container.id());
            }
        }
    }

    private void register(EngineStore.Stored stored) {
        String id = stored.definition().id();
        Folders folders =
                Folders.of(machine.config().dataRoot(), machine.config().runRoot(), id);
        Container container = new Container(
                stored.definition(), stored.condition(), folders, creator.log(stored.definition(), folders));
        boolean _ = registry.reserve(stored.definition().name(), id);
        registry.add(container);
    }

    private void takeOver(Container container) {
        container.lock.lock();
        try {
            boolean hasRun = !Remover.children(container.folders.run()).isEmpty();
            if (hasRun) {
                reattach(container);
            } else if (container.state().live()) {
                lost(container, Optional.empty());
            } else {
                if (container.state().status() == Status.REMOVING) {
                    container.publish(container
                            .shown()
                            .condition()
                            .withState(container.state().withStatus(Status.DEAD)));
                }
                // A start that was cut off early has made a cgroup and no more.
                starter.cleanUp(container, machine.parts().cgroups().open(starter.cgroupPath(container)));
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("container {} cannot be taken over as it was", container.id(), e);
            // What nobody follows must not run on under a container that is said to have ended.
            starter.cleanUp(container, cgroup(starter.cgroupPath(container)));
            if (container.state().live()) {
                ended(container, Lifecycle.UNKNOWN_EXIT, machine.now());
            }
        } finally {
            container.lock.unlock();
        }
    }

    private void reattach(Container container) throws IOException {
        switch (machine.parts().runtime().reattach(container.folders.run())) {
            case Reattached.Supervised supervised -> {
                try {
                    join(container, supervised.process());
                } catch (IOException | RuntimeException e) {
                    LOG.error("container {} is killed: it cannot be joined", container.id(), e);
                    abandon(container, supervised.process());
                }
            }
            case Reattached.Ended gone -> lost(container, gone.status());
        }
    }

    /** Ends a process whose output or end nobody can take. */
    private void abandon(Container container, RuntimeProcess process) throws IOException {
        Optional<Cgroup> cgroup = cgroup(starter.cgroupPath(container));
        if (cgroup.isPresent()) {
            kill(cgroup.get());
        }
        Optional<ExitStatus> status = ProcessEnd.force(process);
        container.run = null;
        container.input.close();
        lost(container, status);
    }

    private Optional<Cgroup> cgroup(String path) {
        try {
            return machine.parts().cgroups().open(path);
        } catch (IOException | RuntimeException e) {
            LOG.warn("cgroup {} cannot be opened", path, e);
            return Optional.empty();
        }
    }

    private static void kill(Cgroup cgroup) {
        try {
            cgroup.kill();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the processes of cgroup {} cannot be killed", cgroup.path(), e);
        }
    }

    private void join(Container container, RuntimeProcess process) throws IOException {
        Map<LogStream, Fd> journals = new EnumMap<>(LogStream.class);
        for (LogStream stream : LogStream.values()) {
            process.journal(stream.number()).ifPresent(fd -> journals.put(stream, fd));
        }
        Optional<Cgroup> cgroup = machine.parts().cgroups().open(starter.cgroupPath(container));
        Condition before = container.shown().condition();
        boolean frozen = cgroup.isPresent() && cgroup.get().frozen();
        if (frozen && before.heldByEngine()) {
            cgroup.get().thaw();
            frozen = false;
        }
        container.input.open(process);
        // The last that can fail: a pump that has the output keeps it.
        OutputPump.Pumped pumped = machine.parts()
                .pump()
                .add(new Output(
                        container.id().substring(0, 12),
                        Starter.sources(process),
                        Optional.of(Journals.adopt(container.journalsLeft(), journals)),
                        container.log,
                        container.fanout));
        Instant startedAt = container.state().startedAt();
        Run run = new Run(process, cgroup, pumped, startedAt == null ? machine.now() : startedAt);
        container.run = run;
        ContainerState state = new ContainerState(
                frozen ? Status.PAUSED : Status.RUNNING,
                process.pid(),
                0,
                "",
                before.state().oomKilled(),
                run.startedAt,
                before.state().finishedAt(),
                lifecycle.initialHealth(container));
        Condition condition = before.withState(state).withStartedOnce().withHeldByEngine(false);
        container.publish(condition);
        machine.store().conditionSoon(container.id(), condition);
        lifecycle.watch(container, run);
    }

    /** The process and its monitor are gone: what is in the journals goes into the log. */
    private void lost(Container container, Optional<ExitStatus> status) throws IOException {
        Path left = container.journalsLeft();
        if (Files.isDirectory(left)) {
            OutputPump.Pumped pumped = machine.parts()
                    .pump()
                    .add(new Output(
                            container.id().substring(0, 12),
                            List.of(),
                            Optional.of(Journals.open(left)),
                            container.log,
                            container.fanout));
            OutputEnd.await(pumped, container.id());
        }
        // A run whose end was recorded before the kill keeps that record.
        if (container.state().live() || status.isPresent()) {
            ended(
                    container,
                    status.map(ExitStatus::code).orElse(Lifecycle.UNKNOWN_EXIT),
                    status.map(ExitStatus::at).orElseGet(machine::now));
        }
        starter.cleanUp(container, machine.parts().cgroups().open(starter.cgroupPath(container)));
    }

    private void ended(Container container, int code, Instant at) {
        ContainerState before = container.state();
        if (!before.live() && before.finishedAt() != null && !before.restarting()) {
            return;
        }
        Instant startedAt = before.startedAt() == null ? at : before.startedAt();
        Condition condition = container
                .shown()
                .condition()
                .withStartedOnce()
                .withState(new ContainerState(
                        Status.EXITED, 0, code, "", before.oomKilled(), startedAt, at, before.health()));
        container.publish(condition);
        machine.store().condition(container.id(), condition);
        machine.publish(
                "container",
                "die",
                container.id(),
                container.attributes(
                        "exitCode",
                        Integer.toString(code),
                        "execDuration",
                        Long.toString(Math.max(0, at.getEpochSecond() - startedAt.getEpochSecond()))));
    }

    /** Restarts, or removes, what ended while nobody was there. */
    private void applyPolicy(Container container) {
        boolean remove = false;
        container.lock.lock();
        try {
            Condition condition = container.shown().condition();
            ContainerState state = condition.state();
            if (state.live()
                    || container.run != null
                    || container.pendingRestart != null // somebody starts it again already
                    || !condition.startedOnce()) {
                return;
            }
            remove = container.definition().spec().host().autoRemove();
            RestartPolicy policy = container.definition().spec().restart();
            if (!remove && wanted(policy, condition)) {
                lifecycle.launch(container, condition.withRestartCount(condition.restartCount()));
            } else if (state.restarting()) {
                container.publish(condition.withState(state.withStatus(Status.EXITED)));
            }
        } catch (Failure e) {
            LOG.warn("container {} could not be started again: {}", container.id(), e.message());
        } finally {
            container.lock.unlock();
        }
        if (remove) {
            remover.removeEnded(container);
        }
    }

    /** At the start of a daemon {@code always} counts even after a manual stop, as in Docker. */
    static boolean wanted(RestartPolicy policy, Condition condition) {
        return switch (policy.name()) {
            case "always" -> true;
            case "unless-stopped" -> !condition.manuallyStopped();
            case "on-failure" ->
                !condition.manuallyStopped()
                        && condition.state().exitCode() != 0
                        && (policy.maximumRetryCount() == 0 || condition.restartCount() < policy.maximumRetryCount());
            default -> false;
        };
    }

    /** Removes what belongs to no container. */
    private void sweep() {
        Path data = machine.config().dataRoot().resolve("containers");
        Path run = machine.config().runRoot().resolve("containers");
        for (Path folder : Remover.children(run)) {
            String name = folder.getFileName().toString();
            if (name.equals(Folders.owner(name)) && !known.contains(name)) {
                endOrphan(folder);
            }
        }
        Remover.sweep(data, known);
        Remover.sweep(run, known);
        for (Snapshot snapshot : machine.parts().snapshotter().snapshots()) {
            String key = snapshot.key();
            boolean ours = key.startsWith(Folders.SNAPSHOT_PREFIX);
            if (ours && !known.contains(owner(key))) {
                try {
                    machine.parts().snapshotter().remove(key);
                } catch (IOException e) {
                    LOG.warn("snapshot {} belongs to no container and cannot be removed", key, e);
                }
            }
        }
    }

    /** The container that a snapshot is of: what comes behind a dot tells further ones apart. */
    private static String owner(String key) {
        String name = key.substring(Folders.SNAPSHOT_PREFIX.length());
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** What is left of a run whose container was removed from the database while its end was awaited. */
    private void endOrphan(Path folder) {
        try {
            Optional<Cgroup> cgroup = CgroupRecord.read(folder).flatMap(this::cgroup);
            if (cgroup.isPresent()) {
                kill(cgroup.get());
            }
            if (machine.parts().runtime().reattach(folder) instanceof Reattached.Supervised(RuntimeProcess process)) {
                Optional<ExitStatus> _ = ProcessEnd.force(process);
            }
            starter.stopped(folder);
            if (cgroup.isPresent()) {
                cgroup.get().remove();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("what {} tells of belongs to no container and cannot be ended", folder, e);
        }
    }
}
