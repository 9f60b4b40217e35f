package dev.priok.server;

import dev.priok.engine.Cursor;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A cursor that is fed by hand. */
final class FakeCursor<T> implements Cursor<T> {
    final CountDownLatch closed = new CountDownLatch(1);
    private final LinkedBlockingQueue<Optional<T>> items = new LinkedBlockingQueue<>();

    void add(T item) {
        items.add(Optional.of(item));
    }

    void end() {
        items.add(Optional.empty());
    }

    @Override
    public @Nullable T next() throws InterruptedException {
        Optional<T> item = items.take();
        if (item.isEmpty()) {
            items.add(item);
        }
        return item.orElse(null);
    }

    @Override
    public void close() {
        closed.countDown();
        end();
    }
}
