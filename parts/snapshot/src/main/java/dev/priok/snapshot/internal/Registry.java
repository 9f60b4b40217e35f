package dev.priok.snapshot.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.internal.Catalog.ActiveRow;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which layers and snapshots exist: in memory for those who ask, in the {@link Catalog} for the next life. Files are moved into
 * place under the lock, so that a row and its folder appear together; they are never read or written under it.
 */
final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private final Catalog catalog;
    private final String boot;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ChainId, LayerRow> layers = new HashMap<>();
    private final Map<String, ActiveRow> actives = new HashMap<>();

    /** Moves files into their place. */
    interface Move {
        /** May fail half way. */
        void run() throws IOException;

        /** The step failed: brings the files back to where they were, as far as {@link #run} came. */
        void undo() throws IOException;
    }

    /** Reads the catalog; {@code boot} is the host's boot id. */
    Registry(Database database, String boot) {
        this.catalog = new Catalog(database);
        this.boot = boot;
        catalog.layers().forEach(row -> layers.put(row.chain(), row));
        catalog.actives().forEach(row -> actives.put(row.key(), row));
        dropUnsynced();
    }

    /** After a crash of the host, layers that were never flushed may hold empty files: they go, with all that stands on them. */
    private void dropUnsynced() {
        List<LayerRow> lost = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (LayerRow row : List.copyOf(layers.values())) {
                boolean broken =
                        !row.unsyncedBoot().isEmpty() && !row.unsyncedBoot().equals(boot);
                boolean hangs = !row.parent().isScratch() && !layers.containsKey(row.parent());
                if (broken || hangs) {
                    layers.remove(row.chain());
                    lost.add(row);
                    more = true;
                }
            }
        }
        if (!lost.isEmpty()) {
            LOG.warn("dropping {} layers that were not on disk when the host went down", lost.size());
            catalog.removeLayers(lost);
        }
    }

    /** Forgets snapshots whose folder was removed just before the daemon was killed. */
    void dropActives(LongPredicate exists) {
        for (ActiveRow row : actives()) {
            if (!exists.test(row.id())) {
                remove(row.key());
            }
        }
    }

    Set<Long> layerNumbers() {
        Set<Long> numbers = new HashSet<>();
        layers().forEach(row -> numbers.add(row.id()));
        return numbers;
    }

    Set<Long> activeNumbers() {
        Set<Long> numbers = new HashSet<>();
        actives().forEach(row -> numbers.add(row.id()));
        return numbers;
    }

    List<LayerRow> layers() {
        lock.lock();
        try {
            return List.copyOf(layers.values());
        } finally {
            lock.unlock();
        }
    }

    Optional<LayerRow> layer(ChainId chain) {
        lock.lock();
        try {
            return Optional.ofNullable(layers.get(chain));
        } finally {
            lock.unlock();
        }
    }

    /** The rows of a chain, lowest first. */
    List<LayerRow> chain(ChainId chain) {
        lock.lock();
        try {
            Deque<LayerRow> rows = new ArrayDeque<>();
            ChainId at = chain;
            while (!at.isScratch()) {
                LayerRow row = layers.get(at);
                if (row == null) {
                    throw Failure.notFound("layer %s: not found", at);
                }
                rows.addFirst(row);
                at = row.parent();
            }
            return List.copyOf(rows);
        } finally {
            lock.unlock();
        }
    }

    List<ActiveRow> actives() {
        lock.lock();
        try {
            return List.copyOf(actives.values());
        } finally {
            lock.unlock();
        }
    }

    Optional<ActiveRow> active(String key) {
        lock.lock();
        try {
            return Optional.ofNullable(actives.get(key));
        } finally {
            lock.unlock();
        }
    }

    /** Adds a snapshot; its chain stays from now on. */
    void add(ActiveRow row) {
        lock.lock();
        try {
            // A sweep may have come since the caller looked.
            if (!row.parent().isScratch() && !layers.containsKey(row.parent())) {
                throw Failure.notFound("layer %s: not found", row.parent());
            }
            if (actives.containsKey(row.key())) {
                throw Failure.conflict("snapshot %s: already exists", row.key());
            }
            catalog.addActive(row);
            actives.put(row.key(), row);
        } finally {
            lock.unlock();
        }
    }

    /** Removes a snapshot and returns its row. */
    Optional<ActiveRow> remove(String key) {
        lock.lock();
        try {
            ActiveRow row = actives.get(key);
            if (row != null) {
                catalog.removeActive(row);
                actives.remove(key);
            }
            return Optional.ofNullable(row);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes a layer of a snapshot, or drops the snapshot when its chain has that layer already.
     *
     * @return the layer that is there now
     */
    LayerRow replace(ActiveRow row, LayerRow layer, Move move) throws IOException {
        lock.lock();
        try {
            if (!row.equals(actives.get(row.key()))) {
                throw Failure.notFound("snapshot %s: not found", row.key());
            }
            LayerRow same = layers.get(layer.chain());
            if (same == null) {
                boolean done = false;
                try {
                    move.run();
                    catalog.replace(row, layer);
                    done = true;
                } finally {
                    if (!done) {
                        undo(layer, _ -> move.undo());
                    }
                }
                layers.put(layer.chain(), layer);
            } else {
                catalog.removeActive(row);
            }
            actives.remove(row.key());
            return same == null ? layer : same;
        } finally {
            lock.unlock();
        }
    }

    /** Moves layers into their place; those whose chain has them already are left alone. */
    interface Mover {
        void move(LayerRow row) throws IOException;

        /** All are moved: makes their names durable. */
        void sync() throws IOException;

        /** The step failed: takes the layer out of its place, as far as {@link #move} came. */
        void undo(LayerRow row) throws IOException;
    }

    @FunctionalInterface
    private interface Undo {
        void run(LayerRow row) throws IOException;
    }

    /** What cannot be undone must not hide why the step failed; the next start removes it as a leftover. */
    private static void undo(LayerRow row, Undo step) {
        try {
            step.run(row);
        } catch (IOException e) {
            LOG.warn("layer {} was not added and its folder cannot be taken back", row.chain(), e);
        }
    }

    /** Adds layers whose files are on disk, all at once. */
    List<LayerRow> add(List<LayerRow> rows, Mover mover) throws IOException {
        lock.lock();
        try {
            List<LayerRow> fresh = rows.stream()
                    .filter(row -> !layers.containsKey(row.chain()))
                    .toList();
            List<LayerRow> begun = new ArrayList<>();
            boolean done = false;
            try {
                for (LayerRow row : fresh) {
                    begun.add(row);
                    mover.move(row);
                }
                mover.sync();
                catalog.addLayers(fresh, Durability.FULL);
                done = true;
            } finally {
                if (!done) {
                    begun.forEach(row -> undo(row, mover::undo));
                }
            }
            fresh.forEach(row -> layers.put(row.chain(), row));
            return rows.stream()
                    .map(row -> layers.getOrDefault(row.chain(), row))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Notes that layers are on disk. */
    void synced(List<LayerRow> rows) {
        lock.lock();
        try {
            catalog.markSynced(rows);
            rows.forEach(row -> layers.computeIfPresent(row.chain(), (_, now) -> now.synced()));
        } finally {
            lock.unlock();
        }
    }

    /** Removes the layers that nothing stands on and nobody names or holds; children before their parents. */
    List<LayerRow> sweep(Set<ChainId> live, Leases.Sweep sweep) {
        List<LayerRow> removed = new ArrayList<>();
        lock.lock();
        try {
            Map<ChainId, Integer> standing = new HashMap<>();
            layers.values().forEach(row -> standing.merge(row.parent(), 1, Integer::sum));
            actives.values().forEach(row -> standing.merge(row.parent(), 1, Integer::sum));
            Deque<LayerRow> free = new ArrayDeque<>();
            for (LayerRow row : layers.values()) {
                if (!standing.containsKey(row.chain())) {
                    free.add(row);
                }
            }
            while (!free.isEmpty()) {
                LayerRow row = free.remove();
                Digest digest = row.chain().digest().orElseThrow();
                if (!live.contains(row.chain()) && sweep.delete(digest, () -> removed.add(row))) {
                    layers.remove(row.chain());
                    LayerRow parent = layers.get(row.parent());
                    if (standing.merge(row.parent(), -1, Integer::sum) == 0 && parent != null) {
                        free.add(parent);
                    }
                }
            }
            if (!removed.isEmpty()) {
                catalog.removeLayers(removed);
            }
            return removed;
        } finally {
            lock.unlock();
        }
    }
}
