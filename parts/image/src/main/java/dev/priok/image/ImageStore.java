package dev.priok.image;

import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.database.Database;
import dev.priok.image.internal.SqliteImageStore;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The images of this machine. An image is its configuration (a blob whose digest is the image's id) and a chain of layers
 * (unpacked, in the snapshotter); names point at ids. An image is visible only when all of it is there. An image that was built
 * a few seconds before the host goes down may be gone afterwards, whole; all others are on disk when they are visible.
 *
 * <p>Layers that were pulled or loaded keep the blob that brought them; layers that were built are written again when they are
 * saved or pushed, and checked against their diff id. Names that people give are resolved as Docker does: id, short id,
 * name with tag or digest. Messages are Docker's.
 *
 * <p>All methods block on the disk and may be called from any thread.
 */
public interface ImageStore {
    /**
     * Opens the store over its parts.
     *
     * @param leases the ones that {@code content} and {@code snapshotter} look at
     */
    static ImageStore open(
            Database database, ContentStore content, Snapshotter snapshotter, Leases leases, InstantSource clock)
            throws IOException {
        return new SqliteImageStore(database, content, snapshotter, leases, clock);
    }

    /**
     * Stores an image, whose layers exist, and gives it its names; they are taken from what they meant before.
     *
     * @param lease protects the layers and blobs of the image by now
     * @throws Failure of kind {@link Failure.Kind#INVALID} when a layer is missing or the configuration is broken
     */
    Image create(NewImage image, Lease lease) throws IOException;

    /** Every image, youngest first. */
    List<Image> list();

    Optional<Image> find(Digest id);

    /**
     * The image that a person means by {@code text}: {@code name[:tag]}, {@code name@digest}, a whole id or a part of one.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND} ("No such image: ...") or {@link Failure.Kind#INVALID} when a short id
     *     fits several
     */
    Image resolve(String text);

    /** The bytes of an image's configuration. */
    byte[] config(Digest id) throws IOException;

    /** The manifest by which an image came, when it came by one. */
    Optional<Descriptor> manifest(Digest id);

    /** Gives an image one more name, taking it from the image that had it. */
    void tag(Digest image, ImageReference name);

    /** Notes that a registry knows the image as {@code name@digest}. */
    void addDigest(Digest image, ImageReference nameWithDigest);

    /**
     * Removes a name, and the image when that was its last one, with its parents that nothing names any more.
     *
     * @param force remove although a stopped container uses it or several names mean it
     * @param prune remove untagged parents too
     * @param users the containers that stand in the way
     * @throws Failure of kind {@link Failure.Kind#CONFLICT} in Docker's words, {@link Failure.Kind#NOT_FOUND}
     */
    List<Removed> remove(String text, boolean force, boolean prune, ImageUsers users) throws IOException;

    /** What {@code docker history} shows, latest step first. */
    List<HistoryEntry> history(Digest image);

    /**
     * The blob of a layer for handing out, made and stored now if it is not there: gzip, the same bytes each time.
     *
     * @param lease protects the blob
     */
    Descriptor layerBlob(ChainId chain, Lease lease) throws IOException;

    /** The blob that {@link #layerBlob} would give without making one, protected. */
    Optional<Descriptor> keptLayerBlob(ChainId chain, Lease lease) throws IOException;

    /** Makes the blob of a layer as {@link #layerBlob} does, and hands its bytes to {@code copy} as they come. */
    Descriptor makeLayerBlob(ChainId chain, Lease lease, OutputStream copy) throws IOException;

    /** Bytes of a layer's tar, which is about the size of its blob when nothing in it shrinks. */
    long tarSize(ChainId chain);

    /**
     * Writes images as one tar that is both Docker's archive and an OCI layout; the same images give the same bytes.
     *
     * @param names as {@link #resolve} takes them; a name without a tag means all its tags
     */
    void save(List<String> names, OutputStream out) throws IOException;

    /**
     * Reads Docker archives and OCI layouts, compressed or not, verifying every digest.
     *
     * @param progress is told a line for each step
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is no such archive or does not hold what it promises; images before
     *     the broken one stay
     */
    List<Loaded> load(InputStream archive, Consumer<String> progress) throws IOException;

    /** Makes an image of one layer from the tar of a root file system, compressed or not. */
    Image importRoot(InputStream tar, Import how) throws IOException;

    /** More that a collection must spare; asked at each one. */
    void addRoots(Supplier<Roots> roots);

    /** Removes layers and blobs that nothing needs. */
    Collected collect() throws IOException;

    /** How often that was done here, and what came of it. */
    CollectionCounts collections();

    /**
     * Checks that an image is whole: configuration, layers and kept blobs.
     *
     * @return what is wrong, a line each; empty when it is intact
     */
    List<String> verify(Digest image) throws IOException;
}
