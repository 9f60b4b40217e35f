package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.PhaseTimes;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.state.Condition;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts containers and deals with their ends: state, events, restarts, auto-removal. */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** Between attempts to write an end that could not be written; doubles up to {@link #LONGEST_DELAY}. */
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** About an hour, for somebody to make room on the disk; after that the next engine finds the record of the end. */
    private static final int WRITE_ATTEMPTS = 64;

    /** The engine closes and takes its containers along: none is started any more. */
    private volatile boolean closing;

    private final Machine machine;
    private final Starter starter;
    private final Remover remover;
    private final Probes probes;
    private final ContainerNetworks networks;
    private final Surroundings surroundings;

    Lifecycle(Machine machine, Starter starter, Remover remover, Probes probes, ContainerNetworks networks) {
        this.machine = machine;
        this.starter = starter;
        this.remover = remover;
        this.probes = probes;
        this.networks = networks;
        this.surroundings = new Surroundings(machine, networks);
    }

    /** Starts a container because a user asked for it. */
    public void start(Container container) {
        if (closing) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "the engine is closing");
        }
        container.lock.lock();
        try {
            requireStartable(container);
            cancelRestart(container);
            container.backoff.reset();
            Condition condition = container.shown().condition();
            launch(container, condition.withManuallyStopped(false).withRestartCount(0));
        } finally {
            container.lock.unlock();
        }
    }

    /** From now on nothing starts, nor starts again. */
    void close() {
        closing = true;
    }

    private static void requireStartable(Container container) {
        ContainerState state = container.state();
        if (state.paused()) {
            throw Failure.conflict("cannot start a paused container, try unpause instead");
        }
        if (state.live() || state.restarting()) {
            throw Failure.notModified("container is already running");
        }
        if (container.removing || state.status() == Status.REMOVING || state.status() == Status.DEAD) {
            throw Failure.conflict("container is marked for removal and cannot be started");
        }
    }

    /** Starts with the lock held; a failure is noted in the state and thrown. */
    void launch(Container container, Condition condition) {
        if (closing) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "the engine is closing");
        }
        container.cleaned.join();
        PhaseTimes<Phases.Start>.Watch watch = machine.phases().starts().start();
        Run run;
        try {
            run = starter.start(container, watch);
        } catch (IOException | RuntimeException e) {
            throw failed(container, condition, e);
        }
        container.run = run;
        endInput(container, run);
        ContainerState state = new ContainerState(
                Status.RUNNING,
                run.process.pid(),
                0,
                "",
                false,
                run.startedAt,
                container.state().finishedAt(),
                probes.initial(container));
        Condition running = condition.withState(state).withStartedOnce();
        container.publish(running);
        machine.store().conditionSoon(container.id(), running);
        surroundings.taken(container);
        machine.publish("container", "start", container.id(), container.attributes());
        watch(container, run);
        watch.ended(Phases.Start.RECORD);
    }

    /** Input that ended before the start ends now. */
    private static void endInput(Container container, Run run) {
        if (!container.inputEnded) {
            return;
        }
        container.inputEnded = false;
        container.input.close();
        try {
            run.process.closeStdin();
        } catch (IOException e) {
            LOG.warn("the input of container {} could not be ended", container.id(), e);
        }
    }

    ContainerState.@Nullable Health initialHealth(Container container) {
        return probes.initial(container);
    }

    /** Watches for the end of a run, for lack of memory, and over its health. Call it with the lock held. */
    void watch(Container container, Run run) {
        if (container.definition().spec().limits().memory() > 0 && run.cgroup.isPresent()) {
            try {
                run.oomWatch = run.cgroup.get().watchOom(_ -> machine.run(() -> outOfMemory(container, run)));
            } catch (IOException e) {
                LOG.warn("lack of memory in container {} will be noticed at its end only", container.id(), e);
            }
        }
        probes.begin(container, run);
        run.process
                .exit()
                .whenCompleteAsync(
                        (status, _) -> ended(container, run, status == null ? Optional.empty() : Optional.of(status)),
                        machine.background());
    }

    private Failure failed(Container container, Condition condition, Exception cause) {
        Failure failure = Starter.failure(cause);
        ContainerState before = container.state();
        ContainerState state = new ContainerState(
                before.startedAt() == null ? Status.CREATED : Status.EXITED,
                0,
                Starter.exitCode(cause),
                failure.message(),
                false,
                before.startedAt(),
                before.finishedAt(),
                null);
        Condition stopped = condition.withState(state);
        container.publish(stopped);
        machine.store().conditionSoon(container.id(), stopped);
        container.fanout.end();
        if (container.definition().spec().host().autoRemove()) {
            machine.run(() -> remover.removeEnded(container));
        }
        return failure;
    }

    private void outOfMemory(Container container, Run run) {
        container.lock.lock();
        try {
            if (!run.outOfMemory && container.run == run) {
                run.outOfMemory = true;
                Condition condition = container.shown().condition();
                container.publish(condition.withState(condition.state().withOutOfMemory()));
                machine.publish("container", "oom", container.id(), container.attributes());
            }
        } finally {
            container.lock.unlock();
        }
    }

    /** Everything that follows the end of a run; {@code status} is empty when nobody saw how it ended. */
    void ended(Container container, Run run, Optional<dev.priok.runtime.ExitStatus> status) {
        try {
            OutputEnd.await(run.pumped, container.id());
            container.input.close();
            run.stopWatching();
            container.execs.values().forEach(ExecSession::containerEnded);
            dismissMonitor(run);
            finish(container, run, status);
        } catch (RuntimeException e) {
            LOG.error("the end of container {} could not be dealt with", container.id(), e);
            run.finished.completeExceptionally(e);
        }
    }

    private static void dismissMonitor(Run run) {
        try {
            run.process.drained();
        } catch (IOException e) {
            LOG.warn("the monitor of {} could not be dismissed", run.process.id(), e);
        }
    }

    private void finish(Container container, Run run, Optional<dev.priok.runtime.ExitStatus> status) {
        int code = status.map(dev.priok.runtime.ExitStatus::code).orElse(UNKNOWN_EXIT);
        boolean remove;
        container.lock.lock();
        try {
            checkMemory(container, run);
            Condition before = container.shown().condition();
            java.time.Instant at = status.map(dev.priok.runtime.ExitStatus::at).orElseGet(machine::now);
            Duration ranFor = Duration.between(run.startedAt, at);
            Optional<Duration> again = container.removing
                            || container.restartedByUser
                            || closing
                            || machine.background().isShutdown()
                    ? Optional.empty()
                    : container.backoff.afterExit(
                            container.definition().spec().restart(),
                            machine.upkeep(container.definition().spec()),
                            code,
                            before.manuallyStopped(),
                            ranFor);
            ContainerState state = new ContainerState(
                    again.isPresent() ? Status.RESTARTING : container.removing ? Status.REMOVING : Status.EXITED,
                    0,
                    code,
                    "",
                    before.state().oomKilled(),
                    before.state().startedAt(),
                    at,
                    before.state().health());
            Condition after = before.withState(state)
                    .withDropped(container.dropped().orElse(Overflow.Dropped.NOTHING))
                    .withRestartCount(again.isPresent() ? before.restartCount() + 1 : before.restartCount());
            container.run = null;
            CompletableFuture<@Nullable Void> cleaned = new CompletableFuture<>();
            container.cleaned = cleaned;
            // The monitor's record is deleted only once the exit code is safe in the database.
            boolean safe = container.removing || written(container, after);
            networks.attachments().expectToDetach(container.id());
            if (!machine.run(() -> cleanUp(container, run, cleaned, safe))) {
                // The next engine cleans up; nobody may wait for this one to do it.
                cleaned.complete(null);
            }
            container.publish(after);
            container.input.reset();
            surroundings.given(container);
            machine.publish(
                    "container",
                    "die",
                    container.id(),
                    container.attributes(
                            "exitCode",
                            Integer.toString(code),
                            "execDuration",
                            Long.toString(Math.max(0, ranFor.toSeconds()))));
            again.ifPresent(delay -> container.pendingRestart = machine.later(delay, () -> restartByPolicy(container)));
            remove = again.isEmpty()
                    && !container.removing
                    && !container.restartedByUser
                    && container.definition().spec().host().autoRemove();
        } finally {
            container.lock.unlock();
        }
        run.finished.complete(null);
        container.waiters().exited(new ExitStatus(code, null));
        if (remove) {
            remover.removeEnded(container);
        }
    }

    /** Docker's code for a run whose end nobody saw. */
    static final int UNKNOWN_EXIT = 255;

    /** False when a state is not on disk, which is no reason to keep it from those who wait for it. */
    private boolean written(Container container, Condition condition) {
        try {
            machine.store().condition(container.id(), condition);
            return true;
        } catch (RuntimeException e) {
            LOG.error("the end of container {} could not be written", container.id(), e);
            return false;
        }
    }

    private void cleanUp(Container container, Run run, CompletableFuture<@Nullable Void> cleaned, boolean safe) {
        try {
            if (safe) {
                starter.cleanUp(container, run.cgroup);
            } else {
                removeCgroup(container, run);
            }
        } finally {
            cleaned.complete(null);
        }
        if (!safe) {
            writeLater(container, FIRST_DELAY, 1);
        }
    }

    private static void removeCgroup(Container container, Run run) {
        try {
            if (run.cgroup.isPresent()) {
                run.cgroup.get().kill();
                run.cgroup.get().remove();
            }
        } catch (IOException | Failure e) {
            LOG.warn("the cgroup of container {} stays behind", container.id(), e);
        }
    }

    private void writeLater(Container container, Duration delay, int attempt) {
        if (attempt > WRITE_ATTEMPTS) {
            LOG.error("the end of container {} was not written in {} attempts", container.id(), WRITE_ATTEMPTS);
            return;
        }
        try {
            Future<?> _ = machine.later(delay, () -> writeAgain(container, delay, attempt));
        } catch (RejectedExecutionException _) {
            LOG.warn("the end of container {} is left to the next engine to write", container.id());
        }
    }

    /** Writes what is true now, and then removes the record of the end, unless that of a new run is in its place. */
    private void writeAgain(Container container, Duration delay, int attempt) {
        boolean again = false;
        container.lock.lock();
        try {
            if (container.run == null) {
                again = !container.removing
                        && !written(container, container.shown().condition());
                if (!again) {
                    starter.cleanUp(container, Optional.empty());
                }
            }
        } finally {
            container.lock.unlock();
        }
        if (again) {
            Duration next = delay.multipliedBy(2);
            writeLater(container, next.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : next, attempt + 1);
        }
    }

    private void checkMemory(Container container, Run run) {
        if (run.outOfMemory
                || run.cgroup.isEmpty()
                || container.definition().spec().limits().memory() == 0) {
            return;
        }
        try {
            if (run.cgroup.get().oomKills() > 0) {
                outOfMemory(container, run);
            }
        } catch (IOException e) {
            LOG.debug("container {} took its count of memory kills along", container.id(), e);
        }
    }

    private void restartByPolicy(Container container) {
        container.lock.lock();
        try {
            if (container.pendingRestart == null) {
                return;
            }
            container.pendingRestart = null;
            if (!container.state().restarting()) {
                return;
            }
            launch(container, container.shown().condition());
        } catch (Failure e) {
            LOG.warn("container {} could not be restarted: {}", container.id(), e.message());
        } finally {
            container.lock.unlock();
        }
    }

    /** Gives up a restart that waits; call it with the lock held. True when there was one. */
    boolean cancelRestart(Container container) {
        if (container.pendingRestart == null) {
            return false;
        }
        container.pendingRestart.cancel(false);
        container.pendingRestart = null;
        Condition condition = container.shown().condition();
        if (condition.state().restarting()) {
            Condition stopped = condition
                    .withManuallyStopped(true)
                    .withState(condition.state().withStatus(Status.EXITED));
            container.publish(stopped);
            machine.store().condition(container.id(), stopped);
        }
        return true;
    }
}
