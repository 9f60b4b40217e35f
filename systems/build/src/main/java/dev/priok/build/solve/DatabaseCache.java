package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import dev.priok.oci.image.ChainId;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The step cache in the daemon's database. What a crash of the host takes from it is only time. */
final class DatabaseCache implements StepCache, BuildCache {
    /** Some hundred bytes each; the oldest go when there are more, so that the table cannot grow for ever. */
    static final int MAXIMUM_ENTRIES = 50_000;

    private static final Schema SCHEMA = new Schema("build", List.of("""
                    CREATE TABLE build_step (
                      key TEXT PRIMARY KEY,
                      diff_id TEXT,
                      chain TEXT,
                      description TEXT NOT NULL,
                      created TEXT NOT NULL,
                      used_second INTEGER NOT NULL,
                      uses INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX build_step_used ON build_step (used_second);
                    """, """
                    DELETE FROM build_step;
                    CREATE TABLE build_definition (
                      definition TEXT PRIMARY KEY,
                      parent TEXT NOT NULL,
                      step TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX build_definition_step ON build_definition (step);
                    """));

    private final Database database;
    private final InstantSource clock;
    private final Collector collector;

    /** What the cache asks of those who keep the layers. */
    interface Collector {
        /** Removes layers that nothing needs, and tells how many bytes that gave back. */
        long collect() throws IOException;

        /** The layers that images have, each with all below it. */
        Set<ChainId> chainsOfImages();

        /** Bytes of every layer that is here. */
        Map<ChainId, Long> sizes();
    }

    /** Opens the cache. */
    DatabaseCache(Database database, InstantSource clock, Collector collector) {
        this.database = database;
        this.clock = clock;
        this.collector = collector;
        database.register(SCHEMA);
    }

    @Override
    public Optional<Hit> find(Digest key) {
        return database.transact(Durability.RELAXED, tx -> {
            Optional<Hit> hit = tx.first(
                    "SELECT diff_id, created FROM build_step WHERE key = ?",
                    row -> new Hit(
                            Optional.ofNullable(row.getString(1)).map(Digest::parse), Instant.parse(row.getString(2))),
                    key.toString());
            if (hit.isPresent()) {
                tx.update(
                        "UPDATE build_step SET used_second = ?, uses = uses + 1 WHERE key = ?",
                        clock.instant().getEpochSecond(),
                        key.toString());
            }
            return hit;
        });
    }

    @Override
    public Optional<Found> findDefinition(Digest definition, String parent) {
        return database.transact(Durability.RELAXED, tx -> {
            Optional<Found> found = tx.first(
                    "SELECT key, diff_id, created, description FROM build_definition JOIN build_step ON step = key"
                            + " WHERE definition = ? AND parent = ?",
                    row -> new Found(
                            Digest.parse(row.getString(1)),
                            new Hit(
                                    Optional.ofNullable(row.getString(2)).map(Digest::parse),
                                    Instant.parse(row.getString(3))),
                            row.getString(4)),
                    definition.toString(),
                    parent);
            if (found.isPresent()) {
                tx.update(
                        "UPDATE build_step SET used_second = ?, uses = uses + 1"
                                + " WHERE key = (SELECT step FROM build_definition WHERE definition = ?)",
                        clock.instant().getEpochSecond(),
                        definition.toString());
            }
            return found;
        });
    }

    @Override
    public void put(List<StepCache.Entry> entries) {
        database.transact(Durability.RELAXED, tx -> {
            for (StepCache.Entry entry : entries) {
                String text = entry.description();
                tx.update(
                        "INSERT INTO build_step VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO UPDATE SET"
                                + " diff_id = excluded.diff_id, chain = excluded.chain, created = excluded.created,"
                                + " description = excluded.description, used_second = excluded.used_second",
                        entry.key().toString(),
                        entry.hit().diffId().map(Digest::toString).orElse(null),
                        entry.chain().map(Digest::toString).orElse(null),
                        text,
                        entry.hit().created().toString(),
                        clock.instant().getEpochSecond());
                if (entry.definition().isPresent()) {
                    tx.update(
                            "INSERT OR REPLACE INTO build_definition VALUES (?, ?, ?)",
                            entry.definition().get().toString(),
                            entry.parent(),
                            entry.key().toString());
                }
            }
            tx.update("DELETE FROM build_definition WHERE step NOT IN (SELECT key FROM build_step)");
            return tx.update(
                    "DELETE FROM build_step WHERE key IN (SELECT key FROM build_step ORDER BY used_second DESC LIMIT -1 OFFSET ?)",
                    MAXIMUM_ENTRIES);
        });
    }

    @Override
    public List<BuildCache.Entry> entries() {
        Set<ChainId> inImages = collector.chainsOfImages();
        Map<ChainId, Long> sizes = collector.sizes();
        return database.transact(
                Durability.RELAXED,
                tx -> tx.query(
                        "SELECT key, chain, description, created, used_second, uses FROM build_step ORDER BY used_second",
                        row -> entry(row, inImages, sizes)));
    }

    private static BuildCache.Entry entry(ResultSet row, Set<ChainId> inImages, Map<ChainId, Long> sizes)
            throws SQLException {
        Optional<ChainId> chain =
                Optional.ofNullable(row.getString(2)).map(Digest::parse).map(ChainId::of);
        return new BuildCache.Entry(
                Digest.parse(row.getString(1)),
                chain,
                row.getString(3),
                Instant.parse(row.getString(4)),
                Instant.ofEpochSecond(row.getLong(5)),
                row.getInt(6),
                chain.map(c -> sizes.getOrDefault(c, 0L)).orElse(0L),
                BuildCache.Entry.REGULAR,
                false,
                chain.map(inImages::contains).orElse(true));
    }

    @Override
    public BuildCache.Pruned prune(Predicate<BuildCache.Entry> which) throws IOException {
        List<Digest> keys =
                entries().stream().filter(which).map(BuildCache.Entry::key).toList();
        database.transact(tx -> {
            for (Digest key : keys) {
                tx.update("DELETE FROM build_step WHERE key = ?", key.toString());
                tx.update("DELETE FROM build_definition WHERE step = ?", key.toString());
            }
            return keys.size();
        });
        return new BuildCache.Pruned(keys, collector.collect());
    }

    @Override
    public BuildCache.Pruned shrink(Predicate<BuildCache.Entry> which, long keepBytes) throws IOException {
        Set<Digest> old = Oldest.beyond(entries(), which, keepBytes);
        return old.isEmpty() ? new BuildCache.Pruned(List.of(), 0) : prune(entry -> old.contains(entry.key()));
    }

    /** The layers that must stay because a step in the cache came to them. */
    Set<ChainId> chains() {
        return Set.copyOf(database.transact(
                Durability.RELAXED,
                tx -> tx.query(
                        "SELECT DISTINCT chain FROM build_step WHERE chain IS NOT NULL",
                        row -> ChainId.of(Digest.parse(row.getString(1))))));
    }
}
