package dev.priok.content;

import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import java.io.IOException;
import java.io.OutputStream;

/** A blob being written by one thread. Closing without {@link #commit} throws it away. */
public abstract class Ingest extends OutputStream {
    /** Bytes so far. */
    public abstract long written();

    /**
     * Makes the blob durable and visible, protected by {@code lease}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when the bytes are not as expected
     */
    public abstract Blob commit(Lease lease) throws IOException;

    /**
     * As {@link #commit}, for a blob that can be had again: it is visible now, and on disk some seconds later. If the host goes down
     * before that, it is as if it had never been here.
     */
    public abstract Blob commitSoon(Lease lease) throws IOException;

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    /** Hands bytes on; they are durable only after {@link #commit}. */
    @Override
    public abstract void write(byte[] bytes, int offset, int length) throws IOException;

    /** Throws the blob away unless it was committed. */
    @Override
    public abstract void close() throws IOException;
}
