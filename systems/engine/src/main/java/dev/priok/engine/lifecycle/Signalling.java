package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.StopOptions;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.Signals;
import dev.priok.engine.state.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stop, kill, restart, pause: what users do to running containers. */
public final class Signalling {
    private static final Logger LOG = LoggerFactory.getLogger(Signalling.class);

    /** After SIGKILL the kernel may still be busy with the process, on a slow disk for one. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    /** After everything in the cgroup was killed too. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    /** A freezer that has not done it by then never will. */
    private static final Duration FREEZE_PATIENCE = Duration.ofSeconds(10);

    private final Machine machine;
    private final Lifecycle lifecycle;

    Signalling(Machine machine, Lifecycle lifecycle) {
        this.machine = machine;
        this.lifecycle = lifecycle;
    }

    /** Stops: signal, patience, SIGKILL. */
    public void stop(Container container, StopOptions options) {
        if (!end(container, options, true)) {
            throw Failure.notModified("container is already stopped");
        }
        machine.publish("container", "stop", container.id(), container.attributes());
    }

    /**
     * Stops because the engine does: a restart policy counts as if the container had ended by itself, so that it runs again with the
     * next engine.
     */
    private void stopWithEngine(Container container) {
        try {
            if (end(container, StopOptions.DEFAULT, false)) {
                machine.publish("container", "stop", container.id(), container.attributes());
            }
        } catch (Failure e) {
            LOG.warn("container {} runs on: {}", container.id(), e.message());
        }
    }

    /** Stops several at once; what takes longer than the patience goes on by itself. */
    void stopWithEngine(List<Container> containers, Duration patience) {
        CompletableFuture<?>[] ends = containers.stream()
                .map(container -> CompletableFuture.runAsync(() -> stopWithEngine(container), machine.background()))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("not all containers could be stopped", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * False when it did not run.
     *
     * @param byUser whether the container then counts as stopped by somebody
     */
    private boolean end(Container container, StopOptions options, boolean byUser) {
        int signal = Signals.parse(
                first(options.signal(), container.definition().spec().process().stopSignal()));
        Integer asked = options.timeoutSeconds() != null
                ? options.timeoutSeconds()
                : container.definition().spec().process().stopTimeoutSeconds();
        Duration patience = asked == null ? machine.config().containers().stopTimeout() : Duration.ofSeconds(asked);
        Run run;
        boolean sent;
        container.lock.lock();
        try {
            // One that waits to run again does so with the next engine.
            if (byUser && lifecycle.cancelRestart(container)) {
                return true;
            }
            if (!container.state().live()) {
                return false;
            }
            run = container.liveRun();
            sent = send(container, run, signal, true, byUser);
        } finally {
            container.lock.unlock();
        }
        if (!sent) {
            patience = LAST_WAIT;
        }
        if (patience.isNegative() ? awaitForEver(run) : await(run, patience)) {
            return true;
        }
        container.lock.lock();
        try {
            if (container.run == run) {
                send(container, run, Signals.KILL, true, byUser);
            }
        } finally {
            container.lock.unlock();
        }
        killed(container, run);
        return true;
    }

    /** Waits for a run that got SIGKILL, and kills everything in its cgroup when that is not enough. */
    private static void killed(Container container, Run run) {
        if (await(run, AFTER_KILL)) {
            return;
        }
        try {
            if (run.cgroup.isPresent()) {
                run.cgroup.get().kill();
            }
        } catch (IOException e) {
            LOG.warn("the cgroup of container {} could not be killed", container.id(), e);
        }
        if (!await(run, LAST_WAIT)) {
            throw new Failure(
                    Failure.Kind.INTERNAL,
                    "tried to kill container, but did not receive an exit event: container " + container.id());
        }
    }

    /** Ends it by SIGKILL and waits; nothing happens when it does not run. */
    void killAndWait(Container container) {
        Run run;
        container.lock.lock();
        try {
            lifecycle.cancelRestart(container);
            run = container.run;
            if (run == null) {
                return;
            }
            send(container, run, Signals.KILL, true, true);
        } finally {
            container.lock.unlock();
        }
        killed(container, run);
    }

    /** Sends a signal; SIGKILL waits for the end. */
    public void kill(Container container, String text) {
        int signal = text.isEmpty() ? Signals.KILL : Signals.parse(text);
        Run run;
        container.lock.lock();
        try {
            if (container.state().restarting()) {
                lifecycle.cancelRestart(container);
                return;
            }
            if (container.run == null || !container.state().live()) {
                throw Failure.conflict(
                        "cannot kill container: %s: container %s is not running",
                        container.definition().name(), container.id());
            }
            run = container.run;
            String stopSignal = container.definition().spec().process().stopSignal();
            boolean ends = signal == Signals.KILL || stopSignal.isEmpty() || Signals.parse(stopSignal) == signal;
            send(container, run, signal, ends, true);
        } finally {
            container.lock.unlock();
        }
        if (signal == Signals.KILL) {
            killed(container, run);
        }
    }

    /**
     * Sends with the lock held; false when the process has ended by itself.
     *
     * @param ends whether the signal is one that asks for the end
     * @param byUser whether the container then counts as stopped by somebody
     */
    private boolean send(Container container, Run run, int signal, boolean ends, boolean byUser) {
        Condition condition = container.shown().condition();
        if (byUser && !condition.manuallyStopped()) {
            Condition stopped = condition.withManuallyStopped(true);
            container.publish(stopped);
            machine.store().conditionSoon(container.id(), stopped);
        }
        boolean sent;
        try {
            sent = run.process.signal(signal);
            if (signal == Signals.KILL
                    && container.definition().spec().namespaces().pid().equals("host")
                    && run.cgroup.isPresent()) {
                // Without a pid namespace of its own nothing else would end its other processes.
                run.cgroup.get().kill();
            }
            if (ends && container.state().paused()) {
                thaw(container, run);
            }
        } catch (IOException e) {
            throw Failure.internal(e, "cannot kill container: %s: %s", container.id(), Cause.text(e));
        }
        machine.publish("container", "kill", container.id(), container.attributes("signal", Integer.toString(signal)));
        return sent;
    }

    private static void thaw(Container container, Run run) throws IOException {
        if (run.cgroup.isPresent()) {
            run.cgroup.get().thaw();
        }
        Condition condition = container.shown().condition();
        container.publish(condition.withState(condition.state().withStatus(Status.RUNNING)));
    }

    /** Stops if need be, and starts; auto-removal and policy stay out of it. */
    public void restart(Container container, StopOptions options) {
        container.lock.lock();
        try {
            container.restartedByUser = true;
        } finally {
            container.lock.unlock();
        }
        try {
            if (end(container, options, true)) {
                machine.publish("container", "stop", container.id(), container.attributes());
            }
            lifecycle.start(container);
        } finally {
            container.lock.lock();
            try {
                container.restartedByUser = false;
            } finally {
                container.lock.unlock();
            }
        }
        machine.publish("container", "restart", container.id(), container.attributes());
    }

    public void pause(Container container) {
        container.lock.lock();
        try {
            ContainerState state = container.state();
            if (state.paused()) {
                throw Failure.conflict("container %s is already paused", container.id());
            }
            if (state.restarting()) {
                throw Failure.conflict(
                        "container %s is restarting, wait until the container is running", container.id());
            }
            Run run = container.liveRun();
            if (run.cgroup.isEmpty()) {
                throw Failure.conflict("cannot pause container %s: it has no cgroup", container.id());
            }
            run.cgroup.get().freeze(FREEZE_PATIENCE);
            status(container, Status.PAUSED);
            machine.publish("container", "pause", container.id(), container.attributes());
        } catch (IOException e) {
            throw Failure.internal(e, "cannot pause container %s: %s", container.id(), Cause.text(e));
        } finally {
            container.lock.unlock();
        }
    }

    public void unpause(Container container) {
        container.lock.lock();
        try {
            if (!container.state().paused()) {
                throw new Failure(Failure.Kind.INTERNAL, "container " + container.id() + " is not paused");
            }
            Run run = container.liveRun();
            if (run.cgroup.isPresent()) {
                run.cgroup.get().thaw();
            }
            status(container, Status.RUNNING);
            machine.publish("container", "unpause", container.id(), container.attributes());
        } catch (IOException e) {
            throw Failure.internal(e, "cannot unpause container %s: %s", container.id(), Cause.text(e));
        } finally {
            container.lock.unlock();
        }
    }

    /** Suspends while an image is made of it; true when it has to be resumed. */
    public boolean pauseForCommit(Container container) {
        container.lock.lock();
        try {
            if (container.state().status() != Status.RUNNING) {
                return false;
            }
            // On disk before it is frozen: an engine that dies in between must not leave it frozen for good.
            Condition held = container.shown().condition().withHeldByEngine(true);
            container.publish(held);
            machine.store().condition(container.id(), held);
            pause(container);
            return true;
        } finally {
            container.lock.unlock();
        }
    }

    /** The other half of {@link #pauseForCommit}; nothing happens when it ended, or was resumed, meanwhile. */
    public void resumeAfterCommit(Container container) {
        container.lock.lock();
        try {
            Condition condition = container.shown().condition().withHeldByEngine(false);
            container.publish(condition);
            if (condition.state().paused()) {
                unpause(container);
            } else {
                machine.store().conditionSoon(container.id(), condition);
            }
        } finally {
            container.lock.unlock();
        }
    }

    private void status(Container container, Status status) {
        Condition condition = container.shown().condition();
        Condition changed = condition.withState(condition.state().withStatus(status));
        container.publish(changed);
        machine.store().conditionSoon(container.id(), changed);
    }

    /** Changes the size of the terminal. */
    public void resize(Container container, int height, int width) {
        if (!container.state().live()) {
            throw container.notRunning();
        }
        try {
            if (container.input.resize(height, width)) {
                machine.publish(
                        "container",
                        "resize",
                        container.id(),
                        container.attributes("height", Integer.toString(height), "width", Integer.toString(width)));
            }
        } catch (IOException e) {
            throw Failure.internal(e, "cannot resize container %s: %s", container.id(), Cause.text(e));
        }
    }

    private static String first(@Nullable String asked, String own) {
        return Optional.ofNullable(asked).filter(s -> !s.isEmpty()).orElse(own.isEmpty() ? "SIGTERM" : own);
    }

    private static boolean await(Run run, Duration patience) {
        try {
            run.finished.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException _) {
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static boolean awaitForEver(Run run) {
        try {
            run.finished.get();
        } catch (ExecutionException _) {
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
