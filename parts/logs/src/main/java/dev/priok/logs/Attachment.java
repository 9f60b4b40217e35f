package dev.priok.logs;

import java.util.Optional;

/** Somebody who looks on live: a bounded queue of output, filled by the pump, emptied by one thread of the holder. */
public interface Attachment extends AutoCloseable {
    /** How many bytes may wait for a holder that is slow (moby keeps 1 MB for each client as well). */
    int MAXIMUM_WAITING_BYTES = 1 << 20;

    /** What happens when {@link #MAXIMUM_WAITING_BYTES} wait. */
    enum WhenFull {
        /** The attachment ends with {@link End#OVERRUN}; the container never waits. For those who only look on. */
        DISCONNECT,
        /** The container waits, so that nothing is lost. For whoever owns the output: {@code run}, {@code exec}. */
        BLOCK
    }

    /** Why {@link #next} is empty. */
    enum End {
        /** The run's output has ended, or the attachment was closed. */
        ENDED,
        /** Too much was waiting. */
        OVERRUN
    }

    /**
     * Bytes of one stream.
     *
     * @param stream where they were written
     * @param bytes shared with others: not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Chunk(LogStream stream, byte[] bytes) {}

    /** Blocks for the next bytes; empty at the end, see {@link #reason}. What was queued before the end is given first. */
    Optional<Chunk> next() throws InterruptedException;

    /** Valid once {@link #next} was empty. */
    End reason();

    /** Lets go; wakes a waiting {@link #next}. */
    @Override
    void close();
}
