package dev.priok.build.exchange;

import dev.priok.core.Digest;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Function;

/** Somewhere that blobs and one manifest of a cache are kept. Safe from any thread. */
public interface CachePlace {
    /** For people. */
    String name();

    /**
     * The manifest that is there now.
     *
     * @param choose of an index for several platforms
     */
    Optional<Manifest> manifest(Function<Index, Optional<Index.Entry>> choose) throws IOException;

    /** A small blob, whole and checked. */
    byte[] small(Descriptor blob, int limitBytes) throws IOException;

    /** A blob from its beginning, not checked; the caller closes it. */
    InputStream open(Descriptor blob) throws IOException;

    boolean has(Digest blob) throws IOException;

    /** Stores a blob; durable when this returns. */
    void put(Descriptor blob, Bytes bytes) throws IOException;

    /** Makes a manifest, whose blobs are here, the one that is there. */
    void publish(Manifest manifest) throws IOException;

    /** Opens bytes, any number of times. */
    @FunctionalInterface
    interface Bytes {
        InputStream open() throws IOException;
    }
}
