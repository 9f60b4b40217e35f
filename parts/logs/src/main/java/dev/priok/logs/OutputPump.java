package dev.priok.logs;

import dev.priok.logs.internal.PumpLoop;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/**
 * Moves the output of all containers with one thread. A slow attachment or log holds up its own container at most.
 * When it is closed, or dies, what is in the pipes stays there and what is in journals is formatted by the next one.
 */
public interface OutputPump extends AutoCloseable {
    /** Starts a pump; {@code clock} gives lines their times. */
    static OutputPump start(InstantSource clock) throws IOException {
        return PumpLoop.start(clock);
    }

    /** Output that is being pumped. */
    interface Pumped {
        /** Completed when all sources have ended and everything is in the log; the journals are then removed. */
        CompletableFuture<Void> drained();

        /** Whether whoever looked on has been given everything; true a moment before {@link #drained}. */
        boolean ended();

        /**
         * Ends it though somebody still holds a pipe: what was read so far is finished as if the sources had ended.
         * {@link #drained} follows soon.
         */
        void abandon();

        /**
         * Waits no longer for a log that cannot be written: after {@link #abandon}, the output ends as soon as a write fails, and
         * {@link #drained} is then cancelled. Its journals stay for the next daemon, until the container runs again.
         */
        void drop();
    }

    /**
     * Begins to pump. For a run that another daemon began it first brings the log to where the journals are.
     *
     * @throws IOException when the log cannot be repaired or the checkpoint cannot be written; nothing is pumped then, and
     *     the journals are closed
     */
    Pumped add(Output output) throws IOException;

    /** Notes where everything is and stops; journals are closed, their other holders go on. */
    @Override
    void close();
}
