package dev.priok.logs.internal;

import dev.priok.logs.Fanout;
import dev.priok.logs.LogDriver;
import dev.priok.logs.Output;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which run has a container's followers and onlookers: the newest. A run that ends late, after the next has begun, must not send
 * them away. Safe for any thread.
 */
final class Audiences {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fanout, Output> newest = new HashMap<>();

    /** A run is about to begin. */
    void take(Output output) {
        lock.lock();
        try {
            newest.put(output.fanout(), output);
        } finally {
            lock.unlock();
        }
    }

    /** A run did not begin after all. */
    void forget(Output output) {
        lock.lock();
        try {
            boolean _ = newest.remove(output.fanout(), output);
        } finally {
            lock.unlock();
        }
    }

    /** A run has ended: tells {@link LogDriver} and {@link Fanout} so, unless a newer one has them. */
    void end(Output output) {
        lock.lock();
        try {
            // Under the lock: the next run must not begin in between.
            if (newest.remove(output.fanout(), output)) {
                output.driver().finish();
                output.fanout().end();
            }
        } finally {
            lock.unlock();
        }
    }
}
