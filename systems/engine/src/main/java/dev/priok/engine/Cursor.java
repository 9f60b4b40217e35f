package dev.priok.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Items that come one after the other, pulled by one thread.
 *
 * @param <T> what comes
 */
public interface Cursor<T> extends AutoCloseable {
    /** Waits for the next item; null when there will be none, or when the cursor was closed. */
    @Nullable
    T next() throws IOException, InterruptedException;

    /** Ends it; may be called from any thread, and wakes a thread that waits in {@link #next}. */
    @Override
    void close();
}
