package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Lets a limited number of steps work at one time, of all builds together; among those that wait, the earliest of a plan first. */
final class Slots {
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingInt(Waiting::step).thenComparingLong(Waiting::number));
    private int free;
    private long next;

    private record Waiting(int step, long number) {}

    Slots(int count) {
        this.free = count;
    }

    /** A slot; closing it lets the next one work. */
    interface Taken extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for a slot, until the build is cancelled. */
    Taken take(int step, CancelSignal cancel) {
        Waiting self;
        synchronized (this) {
            self = new Waiting(step, next++);
            waiting.add(self);
        }
        try (CancelSignal.Registration _ = cancel.onCancel(this::wake)) {
            await(self, cancel);
        }
        return this::release;
    }

    private synchronized void await(Waiting self, CancelSignal cancel) {
        try {
            while (free == 0 || !self.equals(waiting.peek())) {
                cancel.check();
                wait();
            }
            cancel.check();
            free--;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel.cancel();
            cancel.check();
        } finally {
            waiting.remove(self);
            notifyAll();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized void release() {
        free++;
        notifyAll();
    }
}
