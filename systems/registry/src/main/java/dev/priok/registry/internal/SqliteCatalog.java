package dev.priok.registry.internal;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Transaction;
import dev.priok.oci.OciJson;
import dev.priok.registry.Catalog;
import dev.priok.registry.ManifestContent;
import dev.priok.registry.Reference;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.StoredManifest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** The catalog in SQLite. */
public final class SqliteCatalog implements Catalog {
    /** Of the repository by name; most statements begin with it. */
    private static final String ID = "(SELECT id FROM registry_repository WHERE name = ?)";

    /** The manifest {@code m} that neither a tag, an index nor its own subject keeps. */
    private static final String UNKEPT = """
             m.pushed < ? AND NOT EXISTS (SELECT 1 FROM registry_tag t WHERE t.repository = m.repository AND t.digest = m.digest)
              AND NOT EXISTS (SELECT 1 FROM registry_reference r WHERE r.repository = m.repository AND r.target = m.digest AND r.kind = 1)
              AND NOT EXISTS (SELECT 1 FROM registry_manifest s WHERE s.repository = m.repository AND s.digest = m.subject)""";

    private static final String UNNEEDED =
            "b.linked < ? AND NOT EXISTS (SELECT 1 FROM registry_reference r WHERE r.repository = b.repository AND r.target = b.digest AND r.kind = 0)";

    /** Repositories that are named in the note of a broken blob. */
    private static final int LISTED = 1000;

    private final Database database;
    private final InstantSource clock;

    public SqliteCatalog(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        database.register(CatalogTables.SCHEMA);
    }

    private long now() {
        return clock.millis();
    }

    /** The number of a repository, which is made when there is none. */
    private long repository(Transaction tx, RepositoryName name) throws SQLException {
        tx.update(
                "INSERT INTO registry_repository (name, updated) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET updated = excluded.updated",
                name.text(),
                now());
        return tx.first("SELECT id FROM registry_repository WHERE name = ?", row -> row.getLong(1), name.text())
                .orElseThrow();
    }

    @Override
    public Optional<StoredManifest> manifest(RepositoryName repository, Reference reference) {
        return database.read(tx -> switch (reference) {
            case Reference.ByDigest(Digest digest) ->
                tx.first(
                        "SELECT digest, media_type, bytes FROM registry_manifest WHERE repository = " + ID
                                + " AND digest = ?",
                        SqliteCatalog::stored,
                        repository.text(),
                        digest.toString());
            case Reference.Tag(String tag) ->
                tx.first(
                        "SELECT m.digest, m.media_type, m.bytes FROM registry_tag t JOIN registry_manifest m"
                                + " ON m.repository = t.repository AND m.digest = t.digest WHERE t.repository = " + ID
                                + " AND t.name = ?",
                        SqliteCatalog::stored,
                        repository.text(),
                        tag);
        });
    }

    private static StoredManifest stored(ResultSet row) throws SQLException {
        return new StoredManifest(Digest.parse(row.getString(1)), row.getString(2), row.getBytes(3));
    }

    @Override
    public void put(
            RepositoryName repository,
            StoredManifest manifest,
            ManifestContent content,
            Collection<String> tags,
            boolean complete) {
        database.transact(tx -> {
            long id = repository(tx, repository);
            String digest = manifest.digest().toString();
            if (complete) {
                requireAll(tx, id, content);
            }
            int added = tx.update(
                    "INSERT INTO registry_manifest (repository, digest, media_type, artifact_type, subject, annotations, size, pushed, bytes)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository, digest) DO NOTHING",
                    id,
                    digest,
                    manifest.mediaType(),
                    content.artifactType(),
                    content.subject().map(Digest::toString).orElse(null),
                    new String(OciJson.write(content.annotations()), java.nio.charset.StandardCharsets.UTF_8),
                    content.size(),
                    now(),
                    manifest.bytes());
            if (added == 0) {
                // Pushed again: as young as a new one, or a collection under way could take it before its tag is set.
                tx.update(
                        "UPDATE registry_manifest SET pushed = ?, media_type = ? WHERE repository = ? AND digest = ?",
                        now(),
                        manifest.mediaType(),
                        id,
                        digest);
            }
            for (Digest blob : content.blobs()) {
                refer(tx, id, digest, blob, 0);
            }
            for (Digest listed : content.manifests()) {
                refer(tx, id, digest, listed, 1);
            }
            for (String tag : tags) {
                tx.update(
                        "INSERT INTO registry_tag (repository, name, digest, pushed) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT (repository, name) DO UPDATE SET digest = excluded.digest, pushed = excluded.pushed",
                        id,
                        tag,
                        digest,
                        now());
            }
            return 0;
        });
    }

    private static void refer(Transaction tx, long id, String manifest, Digest target, int kind) throws SQLException {
        tx.update(
                "INSERT OR IGNORE INTO registry_reference (repository, target, manifest, kind) VALUES (?, ?, ?, ?)",
                id,
                target.toString(),
                manifest,
                kind);
    }

    private static void requireAll(Transaction tx, long id, ManifestContent content) throws SQLException {
        for (Digest blob : content.blobs()) {
            require(tx, "SELECT 1 FROM registry_blob WHERE repository = ? AND digest = ?", id, blob, "blob");
        }
        for (Digest listed : content.manifests()) {
            require(tx, "SELECT 1 FROM registry_manifest WHERE repository = ? AND digest = ?", id, listed, "manifest");
        }
    }

    private static void require(Transaction tx, String sql, long id, Digest digest, String what) throws SQLException {
        if (tx.first(sql, row -> row.getInt(1), id, digest.toString()).isEmpty()) {
            throw new RegistryError(
                    RegistryError.Code.MANIFEST_BLOB_UNKNOWN,
                    "%s %s is not in the repository: push it first",
                    what,
                    digest);
        }
    }

    @Override
    public boolean removeTag(RepositoryName repository, String tag) {
        return database.transact(tx ->
                tx.update("DELETE FROM registry_tag WHERE repository = " + ID + " AND name = ?", repository.text(), tag)
                        > 0);
    }

    @Override
    public Optional<List<String>> removeManifest(RepositoryName repository, Digest digest) {
        return database.transact(tx -> {
            Optional<Long> id = find(tx, repository);
            if (id.isEmpty()) {
                return Optional.empty();
            }
            List<String> tags = tx.query(
                    "SELECT name FROM registry_tag WHERE repository = ? AND digest = ?",
                    row -> row.getString(1),
                    id.get(),
                    digest.toString());
            return remove(tx, id.get(), digest) ? Optional.of(tags) : Optional.empty();
        });
    }

    private static boolean remove(Transaction tx, long id, Digest digest) throws SQLException {
        String text = digest.toString();
        tx.update("DELETE FROM registry_tag WHERE repository = ? AND digest = ?", id, text);
        tx.update("DELETE FROM registry_reference WHERE repository = ? AND manifest = ?", id, text);
        return tx.update("DELETE FROM registry_manifest WHERE repository = ? AND digest = ?", id, text) > 0;
    }

    private static Optional<Long> find(Transaction tx, RepositoryName repository) throws SQLException {
        return tx.first("SELECT id FROM registry_repository WHERE name = ?", row -> row.getLong(1), repository.text());
    }

    @Override
    public OptionalLong blob(RepositoryName repository, Digest digest) {
        return database.read(tx -> tx.first(
                        "SELECT size FROM registry_blob WHERE repository = " + ID + " AND digest = ?",
                        row -> OptionalLong.of(row.getLong(1)),
                        repository.text(),
                        digest.toString())
                .orElse(OptionalLong.empty()));
    }

    @Override
    public void link(RepositoryName repository, Blob blob) {
        database.transact(Durability.RELAXED, tx -> link(tx, repository, blob));
    }

    private int link(Transaction tx, RepositoryName repository, Blob blob) throws SQLException {
        return tx.update(
                "INSERT INTO registry_blob (repository, digest, size, linked) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (repository, digest) DO UPDATE SET linked = excluded.linked",
                repository(tx, repository),
                blob.digest().toString(),
                blob.size(),
                now());
    }

    @Override
    public Unlinked unlink(RepositoryName repository, Digest digest) {
        return database.transact(tx -> {
            Optional<Long> id = find(tx, repository);
            if (id.isEmpty()) {
                return Unlinked.ABSENT;
            }
            boolean used = tx.first(
                            "SELECT 1 FROM registry_reference WHERE repository = ? AND target = ? AND kind = 0",
                            row -> row.getInt(1),
                            id.get(),
                            digest.toString())
                    .isPresent();
            if (used) {
                return Unlinked.IN_USE;
            }
            return tx.update(
                                    "DELETE FROM registry_blob WHERE repository = ? AND digest = ?",
                                    id.get(),
                                    digest.toString())
                            > 0
                    ? Unlinked.REMOVED
                    : Unlinked.ABSENT;
        });
    }

    @Override
    public List<RepositoryName> repositoriesOf(Digest blob, int limit) {
        return database.read(tx -> tx.query(
                "SELECT r.name FROM registry_blob b JOIN registry_repository r ON r.id = b.repository WHERE b.digest = ? LIMIT ?",
                SqliteCatalog::name,
                blob.toString(),
                limit));
    }

    private static RepositoryName name(ResultSet row) throws SQLException {
        return new RepositoryName(row.getString(1));
    }

    @Override
    public List<StoredManifest> manifestsNeeding(RepositoryName repository, Digest blob, int limit) {
        return database.read(tx -> tx.query(
                "SELECT m.digest, m.media_type, m.bytes FROM registry_reference r JOIN registry_manifest m"
                        + " ON m.repository = r.repository AND m.digest = r.manifest WHERE r.repository = " + ID
                        + " AND r.target = ? AND r.kind = 0 LIMIT ?",
                SqliteCatalog::stored,
                repository.text(),
                blob.toString(),
                limit));
    }

    @Override
    public boolean isLinked(Digest blob) {
        return database.read(
                tx -> tx.first("SELECT 1 FROM registry_blob WHERE digest = ?", row -> row.getInt(1), blob.toString())
                        .isPresent());
    }

    @Override
    public Set<Digest> linked() {
        return new HashSet<>(database.read(
                tx -> tx.query("SELECT DISTINCT digest FROM registry_blob", row -> Digest.parse(row.getString(1)))));
    }

    @Override
    public boolean exists(RepositoryName repository) {
        return database.read(tx -> find(tx, repository).isPresent());
    }

    @Override
    public List<String> tags(RepositoryName repository, String last, int limit) {
        return database.read(tx -> tx.query(
                "SELECT name FROM registry_tag WHERE repository = " + ID + " AND name > ? ORDER BY name LIMIT ?",
                row -> row.getString(1),
                repository.text(),
                last,
                limit));
    }

    @Override
    public List<RepositoryName> repositories(String last, int limit) {
        return database.read(tx -> tx.query(
                "SELECT name FROM registry_repository WHERE name > ? ORDER BY name LIMIT ?",
                SqliteCatalog::name,
                last,
                limit));
    }

    @Override
    public List<Referrer> referrers(
            RepositoryName repository, Digest subject, Optional<String> artifactType, String last, int limit) {
        return database.read(tx -> tx.query(
                "SELECT digest, media_type, artifact_type, length(bytes), annotations FROM registry_manifest WHERE repository = "
                        + ID + " AND subject = ? AND digest > ? AND (? = '' OR artifact_type = ?)"
                        + " ORDER BY digest LIMIT ?",
                row -> new Referrer(
                        Digest.parse(row.getString(1)),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        annotations(row.getString(5))),
                repository.text(),
                subject.toString(),
                last,
                artifactType.orElse(""),
                artifactType.orElse(""),
                limit));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> annotations(String json) {
        return OciJson.read(json.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.class, "annotations");
    }

    @Override
    public void addUpload(String id, RepositoryName repository) {
        database.transact(
                Durability.RELAXED,
                tx -> tx.update(
                        "INSERT INTO registry_upload (id, repository, started) VALUES (?, ?, ?)",
                        id,
                        repository.text(),
                        now()));
    }

    @Override
    public Optional<RepositoryName> upload(String id) {
        return database.read(
                tx -> tx.first("SELECT repository FROM registry_upload WHERE id = ?", SqliteCatalog::name, id));
    }

    @Override
    public boolean removeUpload(String id) {
        return database.transact(
                Durability.RELAXED, tx -> tx.update("DELETE FROM registry_upload WHERE id = ?", id) > 0);
    }

    @Override
    public void finishUpload(String id, RepositoryName repository, Blob blob) {
        database.transact(Durability.RELAXED, tx -> {
            link(tx, repository, blob);
            return tx.update("DELETE FROM registry_upload WHERE id = ?", id);
        });
    }

    @Override
    public List<String> uploadsBefore(Instant then) {
        return database.read(tx -> tx.query(
                "SELECT id FROM registry_upload WHERE started < ?", row -> row.getString(1), then.toEpochMilli()));
    }

    @Override
    public void pulled(Map<PulledTag, Instant> pulls) {
        database.transact(Durability.RELAXED, tx -> {
            for (var pull : pulls.entrySet()) {
                tx.update(
                        "UPDATE registry_tag SET pulled = ? WHERE repository = " + ID + " AND name = ?",
                        pull.getValue().toEpochMilli(),
                        pull.getKey().repository().text(),
                        pull.getKey().tag());
            }
            return 0;
        });
    }

    @Override
    public List<TagDetail> tagDetails(RepositoryName repository, String part, int offset, int limit) {
        return database.read(tx -> tx.query(
                "SELECT t.name, t.digest, m.media_type, m.artifact_type, m.size + coalesce((SELECT sum(c.size) FROM registry_reference r"
                        + " JOIN registry_manifest c ON c.repository = r.repository AND c.digest = r.target"
                        + " WHERE r.repository = t.repository AND r.manifest = t.digest AND r.kind = 1), 0), t.pushed, t.pulled"
                        + " FROM registry_tag t JOIN registry_manifest m ON m.repository = t.repository AND m.digest = t.digest"
                        + " WHERE t.repository = " + ID
                        + " AND instr(t.name, ?) > 0 ORDER BY t.pushed DESC, t.name LIMIT ? OFFSET ?",
                SqliteCatalog::tagDetail,
                repository.text(),
                part,
                limit,
                offset));
    }

    private static TagDetail tagDetail(ResultSet row) throws SQLException {
        long pulled = row.getLong(7);
        Optional<Instant> pull = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(pulled));
        return new TagDetail(
                row.getString(1),
                Digest.parse(row.getString(2)),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                Instant.ofEpochMilli(row.getLong(6)),
                pull);
    }

    @Override
    public List<RepositoryDetail> repositoryDetails(String part, String last, int limit) {
        return database.read(tx -> tx.query(
                "SELECT p.name, (SELECT count(*) FROM registry_tag t WHERE t.repository = p.id),"
                        + " (SELECT count(*) FROM registry_manifest m WHERE m.repository = p.id),"
                        + " (SELECT coalesce(sum(size), 0) FROM registry_blob b WHERE b.repository = p.id), p.updated"
                        + " FROM registry_repository p WHERE p.name > ? AND instr(p.name, ?) > 0 ORDER BY p.name LIMIT ?",
                row -> new RepositoryDetail(
                        name(row), row.getInt(2), row.getInt(3), row.getLong(4), Instant.ofEpochMilli(row.getLong(5))),
                last,
                part,
                limit));
    }

    @Override
    public Totals totals() {
        return database.read(tx -> tx.first(
                        "SELECT (SELECT count(*) FROM registry_repository), (SELECT count(*) FROM registry_manifest),"
                                + " (SELECT count(*) FROM registry_tag), count(*), coalesce(sum(size), 0)"
                                + " FROM (SELECT max(size) AS size FROM registry_blob GROUP BY digest)",
                        row -> new Totals(
                                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
                .orElseThrow());
    }

    @Override
    public List<Kept> untagged(RepositoryName repository, Instant then, int limit) {
        return database.read(tx -> tx.query(
                "SELECT m.digest, m.pushed, m.subject FROM registry_manifest m WHERE m.repository = " + ID + " AND "
                        + UNKEPT + " LIMIT ?",
                row -> new Kept(
                        Digest.parse(row.getString(1)),
                        Instant.ofEpochMilli(row.getLong(2)),
                        Optional.ofNullable(row.getString(3)).map(Digest::parse)),
                repository.text(),
                then.toEpochMilli(),
                limit));
    }

    @Override
    public boolean removeIfUntagged(RepositoryName repository, Digest digest, Instant then) {
        return database.transact(tx -> {
            Optional<Long> id = tx.first(
                    "SELECT m.repository FROM registry_manifest m WHERE m.repository = " + ID + " AND m.digest = ? AND "
                            + UNKEPT,
                    row -> row.getLong(1),
                    repository.text(),
                    digest.toString(),
                    then.toEpochMilli());
            return id.isPresent() && remove(tx, id.get(), digest);
        });
    }

    @Override
    public List<Digest> unneededLinks(RepositoryName repository, Instant then, int limit) {
        return database.read(tx -> tx.query(
                "SELECT b.digest FROM registry_blob b WHERE b.repository = " + ID + " AND " + UNNEEDED + " LIMIT ?",
                row -> Digest.parse(row.getString(1)),
                repository.text(),
                then.toEpochMilli(),
                limit));
    }

    @Override
    public boolean unlinkIfUnneeded(RepositoryName repository, Digest blob, Instant then) {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.update(
                                "DELETE FROM registry_blob AS b WHERE b.repository = " + ID + " AND b.digest = ? AND "
                                        + UNNEEDED,
                                repository.text(),
                                blob.toString(),
                                then.toEpochMilli())
                        > 0);
    }

    @Override
    public boolean removeIfEmpty(RepositoryName repository) {
        return database.transact(Durability.RELAXED, tx -> {
            Optional<Long> id = find(tx, repository);
            if (id.isEmpty()) {
                return false;
            }
            List<String> tables = new ArrayList<>(List.of("registry_tag", "registry_manifest", "registry_blob"));
            for (String table : tables) {
                if (tx.first("SELECT 1 FROM " + table + " WHERE repository = ? LIMIT 1", row -> row.getInt(1), id.get())
                        .isPresent()) {
                    return false;
                }
            }
            return tx.update("DELETE FROM registry_repository WHERE id = ?", id.get()) > 0;
        });
    }

    @Override
    public boolean removeTagIfUnchanged(RepositoryName repository, TagDetail tag) {
        return database.transact(tx -> tx.update(
                        "DELETE FROM registry_tag WHERE repository = " + ID
                                + " AND name = ? AND digest = ? AND pushed = ?",
                        repository.text(),
                        tag.name(),
                        tag.digest().toString(),
                        tag.pushed().toEpochMilli())
                > 0);
    }

    @Override
    public List<RepositoryName> noteDamage(Blob blob, Instant found) {
        return database.transact(tx -> {
            String digest = blob.digest().toString();
            List<RepositoryName> lost = tx.query(
                    "SELECT r.name FROM registry_blob b JOIN registry_repository r ON r.id = b.repository WHERE b.digest = ?",
                    SqliteCatalog::name,
                    digest);
            tx.update("DELETE FROM registry_blob WHERE digest = ?", digest);
            tx.update(
                    "INSERT OR REPLACE INTO registry_damage (digest, size, found, repositories) VALUES (?, ?, ?, ?)",
                    digest,
                    blob.size(),
                    found.toEpochMilli(),
                    lost.stream().limit(LISTED).map(RepositoryName::text).collect(Collectors.joining(" ")));
            return lost;
        });
    }

    @Override
    public List<Damage> damages(int limit) {
        return database.read(tx -> tx.query(
                "SELECT d.digest, d.size, d.found, d.repositories FROM registry_damage d WHERE NOT EXISTS"
                        + " (SELECT 1 FROM registry_blob b WHERE b.digest = d.digest) ORDER BY d.found DESC LIMIT ?",
                row -> new Damage(
                        Digest.parse(row.getString(1)),
                        row.getLong(2),
                        Instant.ofEpochMilli(row.getLong(3)),
                        row.getString(4)),
                limit));
    }

    @Override
    public void noteDone(String what, Instant when) {
        database.transact(tx -> tx.update(
                "INSERT OR REPLACE INTO registry_done (what, time) VALUES (?, ?)", what, when.toEpochMilli()));
    }

    @Override
    public Optional<Instant> done(String what) {
        return database.read(tx -> tx.first(
                "SELECT time FROM registry_done WHERE what = ?", row -> Instant.ofEpochMilli(row.getLong(1)), what));
    }
}
