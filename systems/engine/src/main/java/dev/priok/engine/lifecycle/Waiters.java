package dev.priok.engine.lifecycle;

import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.WaitCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Those who wait for one container. */
final class Waiters {
    private record Waiter(WaitCondition condition, CompletableFuture<ExitStatus> future) {}

    private final List<Waiter> waiters = new ArrayList<>();
    private boolean removed;

    /** A future for the condition; {@code running} is asked under the lock under which the state is published. */
    synchronized CompletableFuture<ExitStatus> add(WaitCondition condition, boolean running, ExitStatus last) {
        CompletableFuture<ExitStatus> future = new CompletableFuture<>();
        if (removed || (condition == WaitCondition.NOT_RUNNING && !running)) {
            future.complete(last);
        } else {
            waiters.removeIf(waiter -> waiter.future().isDone());
            waiters.add(new Waiter(condition, future));
        }
        return future;
    }

    /** A run has ended. */
    void exited(ExitStatus status) {
        complete(condition -> condition != WaitCondition.REMOVED, status);
    }

    /** The container is gone. */
    void removed(ExitStatus status) {
        synchronized (this) {
            removed = true;
        }
        complete(_ -> true, status);
    }

    /** Removing failed: those who wait for it must not wait for ever. */
    void removalFailed(ExitStatus status) {
        complete(condition -> condition == WaitCondition.REMOVED, status);
    }

    private void complete(Predicate<WaitCondition> which, ExitStatus status) {
        List<Waiter> due = new ArrayList<>();
        synchronized (this) {
            waiters.removeIf(waiter -> which.test(waiter.condition()) && due.add(waiter));
        }
        due.forEach(waiter -> waiter.future().complete(status));
    }
}
