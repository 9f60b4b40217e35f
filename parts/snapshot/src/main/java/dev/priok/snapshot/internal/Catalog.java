package dev.priok.snapshot.internal;

import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Snapshot;
import java.util.Collection;
import java.util.List;

/** What the database knows of layers and snapshots; folders that it does not know are leftovers. */
final class Catalog {
    private static final Schema SCHEMA = new Schema(
            "snapshot", List.of("""
                    CREATE TABLE snapshot_layer (
                      id INTEGER PRIMARY KEY,
                      chain TEXT NOT NULL UNIQUE,
                      parent TEXT NOT NULL,
                      diff TEXT NOT NULL,
                      size INTEGER NOT NULL,
                      inodes INTEGER NOT NULL,
                      tar_size INTEGER NOT NULL,
                      unsynced_boot TEXT NOT NULL);
                    CREATE TABLE snapshot_active (
                      key TEXT PRIMARY KEY,
                      id INTEGER NOT NULL UNIQUE,
                      parent TEXT NOT NULL,
                      kind TEXT NOT NULL);
                    """, "ALTER TABLE snapshot_active ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;"));

    private final Database database;

    /**
     * A row of a layer.
     *
     * @param id number of its folder
     * @param chain names it
     * @param parent what lies below
     * @param diffId digest of its tar
     * @param size bytes of files
     * @param inodes members
     * @param tarSize bytes of its tar
     * @param unsyncedBoot the boot of the host since which it has not been flushed to disk; empty when it has
     */
    record LayerRow(
            long id,
            ChainId chain,
            ChainId parent,
            Digest diffId,
            long size,
            long inodes,
            long tarSize,
            String unsyncedBoot) {
        LayerRow synced() {
            return new LayerRow(id, chain, parent, diffId, size, inodes, tarSize, "");
        }
    }

    /**
     * A row of a snapshot.
     *
     * @param key its name
     * @param id number of its folder
     * @param parent what lies below
     * @param kind whether and how it is written
     * @param bound bytes of the file system that what is written lies in; 0 without one
     */
    record ActiveRow(String key, long id, ChainId parent, Snapshot.Kind kind, long bound) {}

    Catalog(Database database) {
        this.database = database;
        database.register(SCHEMA);
    }

    List<LayerRow> layers() {
        return database.transact(tx -> tx.query(
                "SELECT id, chain, parent, diff, size, inodes, tar_size, unsynced_boot FROM snapshot_layer",
                row -> new LayerRow(
                        row.getLong(1),
                        chain(row.getString(2)),
                        chain(row.getString(3)),
                        Digest.parse(row.getString(4)),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getString(8))));
    }

    List<ActiveRow> actives() {
        return database.transact(tx -> tx.query(
                "SELECT key, id, parent, kind, bound FROM snapshot_active",
                row -> new ActiveRow(
                        row.getString(1),
                        row.getLong(2),
                        chain(row.getString(3)),
                        Snapshot.Kind.valueOf(row.getString(4)),
                        row.getLong(5))));
    }

    void addLayers(Collection<LayerRow> rows, Durability durability) {
        database.transact(durability, tx -> {
            for (LayerRow row : rows) {
                tx.update(
                        "INSERT INTO snapshot_layer VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        row.id(),
                        text(row.chain()),
                        text(row.parent()),
                        row.diffId().toString(),
                        row.size(),
                        row.inodes(),
                        row.tarSize(),
                        row.unsyncedBoot());
            }
            return rows.size();
        });
    }

    void markSynced(Collection<LayerRow> rows) {
        database.transact(tx -> {
            for (LayerRow row : rows) {
                tx.update("UPDATE snapshot_layer SET unsynced_boot = '' WHERE id = ?", row.id());
            }
            return rows.size();
        });
    }

    void removeLayers(Collection<LayerRow> rows) {
        database.transact(tx -> {
            for (LayerRow row : rows) {
                tx.update("DELETE FROM snapshot_layer WHERE id = ?", row.id());
            }
            return rows.size();
        });
    }

    /** The row is on disk with the next thing that is promised, such as the container that uses the snapshot. */
    void addActive(ActiveRow row) {
        database.transact(
                Durability.RELAXED,
                tx -> tx.update(
                        "INSERT INTO snapshot_active VALUES (?, ?, ?, ?, ?)",
                        row.key(),
                        row.id(),
                        text(row.parent()),
                        row.kind().name(),
                        row.bound()));
    }

    void removeActive(ActiveRow row) {
        database.transact(Durability.RELAXED, tx -> tx.update("DELETE FROM snapshot_active WHERE key = ?", row.key()));
    }

    /** A snapshot becomes a layer, in one step. */
    void replace(ActiveRow active, LayerRow layer) {
        database.transact(Durability.RELAXED, tx -> {
            tx.update("DELETE FROM snapshot_active WHERE key = ?", active.key());
            return tx.update(
                    "INSERT INTO snapshot_layer VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    layer.id(),
                    text(layer.chain()),
                    text(layer.parent()),
                    layer.diffId().toString(),
                    layer.size(),
                    layer.inodes(),
                    layer.tarSize(),
                    layer.unsyncedBoot());
        });
    }

    private static String text(ChainId chain) {
        return chain.digest().map(Digest::toString).orElse("");
    }

    private static ChainId chain(String text) {
        return text.isEmpty() ? ChainId.SCRATCH : ChainId.of(Digest.parse(text));
    }
}
