package dev.priok.engine.transfer;

import dev.priok.image.ImageSource.Progress;
import java.util.function.Consumer;

/** What is told of one layer; bytes are told a few times a second, however small the pieces are. */
final class Tally {
    /** Often enough to look alive, seldom enough to cost nothing. */
    private static final long INTERVAL_NANOS = 100_000_000;

    private final String id;
    private final long total;
    private final Consumer<Progress> listener;
    private long toldNanos = System.nanoTime() - INTERVAL_NANOS;

    Tally(String id, long total, Consumer<Progress> listener) {
        this.id = id;
        this.total = total;
        this.listener = listener;
    }

    void say(String status) {
        listener.accept(new Progress(id, status, 0, 0));
    }

    void bytes(String status, long current) {
        long now = System.nanoTime();
        synchronized (this) {
            if (current < total && now - toldNanos < INTERVAL_NANOS) {
                return;
            }
            toldNanos = now;
        }
        listener.accept(new Progress(id, status, current, total));
    }
}
