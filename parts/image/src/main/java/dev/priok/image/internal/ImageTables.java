package dev.priok.image.internal;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.database.Database;
import dev.priok.database.Schema;
import dev.priok.database.Transaction;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images, their names and the blobs of layers in the database. */
final class ImageTables {
    private static final Schema SCHEMA =
            new Schema("image", List.of("""
                    CREATE TABLE image (
                      id TEXT PRIMARY KEY,
                      config TEXT NOT NULL,
                      parent TEXT NOT NULL,
                      manifest TEXT NOT NULL,
                      last_tagged TEXT NOT NULL);
                    CREATE TABLE image_name (
                      name TEXT PRIMARY KEY,
                      image TEXT NOT NULL REFERENCES image (id));
                    CREATE INDEX image_name_of ON image_name (image);
                    CREATE TABLE image_layer_blob (
                      diff TEXT PRIMARY KEY,
                      blob TEXT NOT NULL);
                    """, "ALTER TABLE image ADD COLUMN built_here TEXT NOT NULL DEFAULT ''"));

    private final Database database;

    ImageTables(Database database) {
        this.database = database;
        database.register(SCHEMA);
    }

    List<ImageRow> images() {
        return database.transact(tx -> tx.query(
                "SELECT id, config, parent, manifest, last_tagged, built_here FROM image",
                row -> new ImageRow(
                        Digest.parse(row.getString(1)),
                        row.getString(2),
                        ImageRow.read(row.getString(2)),
                        optional(row.getString(3)).map(Digest::parse),
                        optional(row.getString(4)).map(ImageTables::descriptor),
                        optional(row.getString(5)).map(Instant::parse),
                        optional(row.getString(6)).map(Instant::parse))));
    }

    Map<String, Digest> names() {
        Map<String, Digest> names = new HashMap<>();
        database.transact(tx -> tx.query(
                "SELECT name, image FROM image_name",
                row -> names.put(row.getString(1), Digest.parse(row.getString(2)))));
        return names;
    }

    Map<Digest, Descriptor> blobs() {
        Map<Digest, Descriptor> blobs = new HashMap<>();
        database.transact(tx -> tx.query(
                "SELECT diff, blob FROM image_layer_blob",
                row -> blobs.put(Digest.parse(row.getString(1)), descriptor(row.getString(2)))));
        return blobs;
    }

    /** Writes an image, names for it and blobs of its layers in one step. */
    void put(ImageRow image, Collection<ImageReference> names, Map<Digest, Descriptor> blobs) {
        database.transact(tx -> {
            tx.update(
                    "INSERT INTO image (id, config, parent, manifest, last_tagged, built_here) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                            + " parent = excluded.parent, manifest = excluded.manifest, last_tagged = excluded.last_tagged,"
                            + " built_here = excluded.built_here",
                    image.id().toString(),
                    image.json(),
                    image.parent().map(Digest::toString).orElse(""),
                    image.manifest().map(ImageTables::text).orElse(""),
                    image.lastTagged().map(Instant::toString).orElse(""),
                    image.builtHere().map(Instant::toString).orElse(""));
            for (ImageReference name : names) {
                tx.update(
                        "INSERT INTO image_name VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET image = excluded.image",
                        name.toString(),
                        image.id().toString());
            }
            for (Map.Entry<Digest, Descriptor> blob : blobs.entrySet()) {
                putBlob(tx, blob.getKey(), blob.getValue());
            }
            return image;
        });
    }

    void putBlob(Digest diffId, Descriptor blob) {
        database.transact(tx -> putBlob(tx, diffId, blob));
    }

    private static int putBlob(Transaction tx, Digest diffId, Descriptor blob) throws SQLException {
        return tx.update(
                "INSERT INTO image_layer_blob VALUES (?, ?) ON CONFLICT (diff) DO UPDATE SET blob = excluded.blob",
                diffId.toString(),
                text(blob));
    }

    void removeBlobs(Collection<Digest> diffIds) {
        database.transact(tx -> {
            for (Digest diffId : diffIds) {
                tx.update("DELETE FROM image_layer_blob WHERE diff = ?", diffId.toString());
            }
            return diffIds.size();
        });
    }

    /** Removes names, and then images that have none left, in one step. */
    void remove(Collection<String> names, Collection<Digest> images) {
        database.transact(tx -> {
            for (String name : names) {
                tx.update("DELETE FROM image_name WHERE name = ?", name);
            }
            for (Digest image : images) {
                tx.update("DELETE FROM image WHERE id = ?", image.toString());
            }
            return names.size();
        });
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String text(Descriptor descriptor) {
        return new String(OciJson.write(descriptor), StandardCharsets.UTF_8);
    }

    private static Descriptor descriptor(String json) {
        return OciJson.read(json.getBytes(StandardCharsets.UTF_8), Descriptor.class, "descriptor");
    }
}
