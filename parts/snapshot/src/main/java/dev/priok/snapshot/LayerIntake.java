package dev.priok.snapshot;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.oci.image.ChainId;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Layers on their way in: each is unpacked aside, in any order and on several threads, and all become visible at once. Closing
 * throws away what was not committed.
 */
public interface LayerIntake extends AutoCloseable {
    /**
     * A layer unpacked aside.
     *
     * @param diffId the digest of the tar that was read
     * @param size bytes of the files in it
     * @param inodes how many things are in it
     * @param tarSize bytes of the tar that was read
     * @param token names it for {@link #commit}
     */
    record Unpacked(Digest diffId, long size, long inodes, long tarSize, String token) {}

    /**
     * Unpacks an uncompressed tar, read to its end and hashed on the way; whiteouts become overlay's. Does not close the stream.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} for a broken or malicious tar; nothing is written outside the layer
     */
    Unpacked unpack(InputStream tar) throws IOException;

    /**
     * Takes the files of a layer that is here and stands on nothing, to put it on top of other layers; they are not copied.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it stands on others, which it could hide something of
     */
    Unpacked share(Layer layer) throws IOException;

    /**
     * Flushes all of them to disk, once, and puts them on top of {@code parent}, lowest first; what exists already under the
     * same chain id is kept and the new copy thrown away.
     *
     * @return the layers, lowest first, each protected by {@code lease}
     */
    List<Layer> commit(ChainId parent, List<Unpacked> layers, Lease lease) throws IOException;

    /**
     * As {@link #commit}, for layers that can be had again: they are flushed some seconds later, when nobody waits. If the host goes
     * down before that, the next start drops them.
     */
    List<Layer> commitSoon(ChainId parent, List<Unpacked> layers, Lease lease) throws IOException;

    @Override
    void close() throws IOException;
}
