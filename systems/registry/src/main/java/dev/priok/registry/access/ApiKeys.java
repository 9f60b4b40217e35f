package dev.priok.registry.access;

import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import dev.priok.registry.RegistryError;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Long random passwords of users for machines, each with a label and an end; only their hashes are kept. */
public final class ApiKeys {
    /** By which a key is known from a password. */
    public static final String PREFIX = "priok_";

    private static final int RANDOM_BYTES = 32;
    /** More than a person keeps track of. */
    private static final int MAXIMUM_PER_OWNER = 100;

    private static final int LONGEST_LABEL = 100;

    private static final Schema SCHEMA = new Schema("registry_key", List.of("""
            CREATE TABLE registry_key (
              id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, label TEXT NOT NULL, made INTEGER NOT NULL,
              expires INTEGER);
            """));

    /**
     * A key without the key itself.
     *
     * @param id by which it is revoked
     * @param label what it is for
     * @param made when
     * @param expires when it ends; empty for never
     */
    public record Entry(long id, String label, Instant made, Optional<Instant> expires) {}

    private final Database database;
    private final InstantSource clock;
    private final SecureRandom random;

    public ApiKeys(Database database, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        database.register(SCHEMA);
    }

    /**
     * A key that was made.
     *
     * @param id by which it is revoked
     * @param key itself, the only time that it can be seen
     */
    public record Made(long id, String key) {
        @Override
        public String toString() {
            return "key " + id;
        }
    }

    /**
     * Makes a key.
     *
     * @throws RegistryError UNSUPPORTED when the label is too long or there are too many keys
     */
    public Made make(String owner, String label, Optional<Instant> expires) {
        if (label.length() > LONGEST_LABEL) {
            throw new RegistryError(
                    RegistryError.Code.UNSUPPORTED, "the label is longer than %d characters", LONGEST_LABEL);
        }
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(secret);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        long id = database.transact(tx -> {
            int kept = tx.first("SELECT count(*) FROM registry_key WHERE owner = ?", row -> row.getInt(1), owner)
                    .orElse(0);
            if (kept >= MAXIMUM_PER_OWNER) {
                throw new RegistryError(
                        RegistryError.Code.UNSUPPORTED,
                        "%s has %d keys, which is the most: revoke one first",
                        owner,
                        kept);
            }
            tx.update(
                    "INSERT INTO registry_key (hash, owner, label, made, expires) VALUES (?, ?, ?, ?, ?)",
                    hash(key),
                    owner,
                    label,
                    clock.millis(),
                    expires.map(Instant::toEpochMilli).orElse(null));
            return tx.first("SELECT last_insert_rowid()", row -> row.getLong(1)).orElseThrow();
        });
        return new Made(id, key);
    }

    /** Keys of a user. */
    public List<Entry> list(String owner) {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.query(
                        "SELECT id, label, made, expires FROM registry_key WHERE owner = ? ORDER BY id",
                        row -> {
                            long expires = row.getLong(4);
                            return new Entry(
                                    row.getLong(1),
                                    row.getString(2),
                                    Instant.ofEpochMilli(row.getLong(3)),
                                    expires == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires)));
                        },
                        owner));
    }

    /** Ends a key of a user; false when there is none. */
    public boolean revoke(String owner, long id) {
        return database.transact(tx -> tx.update("DELETE FROM registry_key WHERE owner = ? AND id = ?", owner, id) > 0);
    }

    /** Whose key it is, if it is one that has not ended. */
    Optional<String> owner(String key) {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.first(
                        "SELECT owner FROM registry_key WHERE hash = ? AND (expires IS NULL OR expires > ?)",
                        row -> row.getString(1),
                        hash(key),
                        clock.millis()));
    }

    private static String hash(String key) {
        return Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
