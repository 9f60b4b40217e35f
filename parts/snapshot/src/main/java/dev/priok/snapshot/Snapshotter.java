package dev.priok.snapshot;

import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.database.Database;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.internal.OverlaySnapshotter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Root file systems from layers.
 *
 * <p><b>Terms.</b> A <em>layer</em> is what one tar unpacked to, named by the {@link ChainId} of it and everything below; it never
 * changes. A <em>snapshot</em> is a root file system over a chain, named by a key of the caller's choice; a writable one keeps
 * its changes in a folder of its own. A {@link Mount} is what must be mounted to see it: this part makes and
 * describes, others mount.
 *
 * <p><b>Lifecycle.</b> Layers come in by {@link #intake} (pulled, loaded) or by {@link #commit} of a snapshot (built). A snapshot
 * is prepared, mounted and written by others any number of times, and removed or committed. Layers go by {@link #sweep} when no
 * live image, lease or snapshot stands on them.
 *
 * {@snippet :
 * Snapshot step = snapshotter.prepare("build-7", below, Snapshot.Kind.VOLATILE);
 * run(step.mounts(), command);
 * Layer layer = snapshotter.commit("build-7", lease);   // the key is free again
 * }
 *
 * <p><b>Crashes.</b> What is half made when the daemon is killed is removed when the snapshotter is opened again. A layer that came
 * by {@link #intake} or {@link #copy} is on disk when the call returns. One that was built, by {@link #commit}, survives a kill of
 * the daemon at once; it is flushed in the background some seconds later, or by {@link #makeDurable}, and if the host goes down
 * before, it is gone, whole, at the next start.
 *
 * <p>Methods block on the disk, may be called from any thread, and are safe to call together for different keys.
 */
public interface Snapshotter extends AutoCloseable {
    /**
     * Opens the snapshotter over a folder that nobody else uses, on a file system that can carry overlay's upper folders.
     *
     * @param leases shared with whoever protects layers
     */
    static Snapshotter overlay(Path folder, Database database, Leases leases) throws IOException {
        return new OverlaySnapshotter(folder, database, leases);
    }

    /** The layer on top of this chain. */
    Optional<Layer> layer(ChainId chain);

    /** The layers of a chain, lowest first; of {@link ChainId#SCRATCH} none. */
    List<Layer> chain(ChainId chain);

    /** Every layer, in no order. */
    List<Layer> layers();

    /** Begins to take layers in. */
    LayerIntake intake() throws IOException;

    /**
     * Makes a snapshot over a chain.
     *
     * @param key letters, digits, {@code _ . -}
     * @throws Failure of kind {@link Failure.Kind#CONFLICT} when the key is taken, {@link Failure.Kind#NOT_FOUND} without the chain
     */
    default Snapshot prepare(String key, ChainId parent, Snapshot.Kind kind) throws IOException {
        return prepare(key, parent, kind, OptionalLong.empty());
    }

    /**
     * The same, with a bound for what can be written in it: what is written lies in a file system of its own then, which is mounted when
     * it is used first and unmounted when the snapshot is removed. Such a snapshot cannot be {@linkplain #commit committed}, only copied.
     *
     * @param bytes size of that file system; it needs some percent of it for itself
     * @throws Failure also when the size is too small or too large, or when there are no loop devices
     */
    Snapshot prepare(String key, ChainId parent, Snapshot.Kind kind, OptionalLong bytes) throws IOException;

    /** Describes a snapshot; reads no disk. */
    Optional<Snapshot> find(String key);

    /** Describes a snapshot whose mounts are about to be made, or whose folders to be read: one with a bound is mounted for that. */
    Optional<Snapshot> ready(String key) throws IOException;

    /** Every snapshot, in no order. */
    List<Snapshot> snapshots();

    /**
     * Turns what was written in a snapshot, unmounted by now, into a layer; the snapshot is gone after. When the chain has
     * that very layer already, the old one is kept.
     *
     * @return the layer, protected by {@code lease}
     */
    default Layer commit(String key, Lease lease) throws IOException {
        return commit(key, OptionalLong.empty(), lease);
    }

    /**
     * The same, with no file of the layer younger than an instant, on disk and in its tar: what makes two builds of the same
     * things the same layer.
     *
     * @param latest seconds since 1970; nothing is changed when empty
     */
    Layer commit(String key, OptionalLong latest, Lease lease) throws IOException;

    /**
     * Turns a snapshot in which nothing was written, unmounted by now, into a layer that has the tar of another one; the snapshot is
     * gone after. Files are not copied. It is for the caller to know that the other layer would come about here too: it must hide
     * nothing of what it stands on, and its folders must be those that the chain here has, as far as the chain has them.
     *
     * @param same whose tar it is, protected by the caller
     * @return the layer, protected by {@code lease}; nothing when it cannot be had so, and the snapshot is as it was or has to be removed
     */
    Optional<Layer> commitAs(String key, ChainId same, Lease lease) throws IOException;

    /**
     * Copies what was written in a snapshot, which stays as it is and should be paused or stopped, into a layer: what
     * {@code docker commit} does.
     */
    Layer copy(String key, Lease lease) throws IOException;

    /** Removes a snapshot with what was written in it; nothing happens when there is none. Files vanish in the background. */
    void remove(String key) throws IOException;

    /** What a snapshot's own files take; walks them. */
    Usage usage(String key) throws IOException;

    /**
     * Opens the merged tree of a snapshot, whose container must not run or be reached through it alone.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND}
     */
    Tree open(String key) throws IOException;

    /**
     * Opens the merged tree of a snapshot with further folders between what was written and its layers.
     *
     * @param between highest first
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND}
     */
    Tree open(String key, List<Path> between) throws IOException;

    /** Opens the merged tree of a chain, read only. */
    Tree open(ChainId chain) throws IOException;

    /** What differs between a snapshot and its layers, in order of paths. */
    List<Change> changes(String key) throws IOException;

    /** Writes what was written in a snapshot as a layer's tar, uncompressed; does not close {@code out}. */
    void writeDiff(String key, OutputStream out) throws IOException;

    /**
     * Writes a layer's tar again, uncompressed: for layers that were committed here it is byte for byte what the
     * {@link Layer#diffId} names. Does not close {@code out}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when what was written does not hash to the {@link Layer#diffId}
     */
    void writeLayer(ChainId chain, OutputStream out) throws IOException;

    /** Makes all layers of a chain survive a crash of the host; one flush of the file system, or none when they already do. */
    void makeDurable(ChainId chain) throws IOException;

    /**
     * Removes layers that are not in the live chains, nor under a live chain, a snapshot or a lease ({@link Leases}, by the digest
     * of the chain id).
     *
     * @return what was removed
     */
    List<Layer> sweep(Supplier<Set<ChainId>> live) throws IOException;

    /** Stops work in the background; what it leaves is done at the next start. */
    @Override
    void close();
}
