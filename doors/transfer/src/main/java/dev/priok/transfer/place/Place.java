package dev.priok.transfer.place;

import dev.priok.core.Digest;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where an image is or is to be. Methods may be called from several threads; closing gives up what was not {@link #finish}ed. */
public interface Place extends AutoCloseable {
    /** What messages call it. */
    String name();

    /**
     * The manifest or index that the place names.
     *
     * @throws dev.priok.core.Failure of kind NOT_FOUND
     */
    ManifestBlob top() throws IOException;

    Optional<ManifestBlob> manifest(Digest digest) throws IOException;

    /** Opens a blob that is there; whoever reads it checks its digest. */
    Repository.Content blob(Descriptor blob) throws IOException;

    boolean hasBlob(Descriptor blob) throws IOException;

    /** Takes a blob over from where it is without moving it; false when that cannot be. */
    default boolean link(Descriptor blob, Place from) throws IOException {
        return false;
    }

    /** Stores a blob, and refuses one whose bytes are not as its descriptor says. */
    void putBlob(Descriptor blob, Repository.Content content) throws IOException;

    /**
     * Stores a manifest whose parts are there.
     *
     * @param top whether it is what the place shall name
     */
    void putManifest(ManifestBlob manifest, boolean top) throws IOException;

    /** Manifests that are about another one. */
    List<Index.Entry> referrers(Digest subject) throws IOException;

    /** Makes what was put lasting and visible. */
    default void finish() throws IOException {}

    @Override
    default void close() throws IOException {}
}
