package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.registry.internal.SqliteCatalog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the registry knows: repositories, their manifests and tags, and which blobs are linked to which repository. A blob can be
 * pulled from a repository only while it is linked there, and a link stays while a manifest of the repository refers to it.
 *
 * <p>Every method is one transaction. Those that change manifests or tags are on disk when they return; links and uploads survive
 * a kill of the process at once and a crash of the host from the next manifest on, which is what refers to them.
 *
 * <p>All methods block and may be called from any thread.
 */
public interface Catalog {
    /** Opens the catalog in a database of its own. */
    static Catalog open(Database database, InstantSource clock) {
        return new SqliteCatalog(database, clock);
    }

    /** The manifest that a tag or digest means. */
    Optional<StoredManifest> manifest(RepositoryName repository, Reference reference);

    /**
     * Keeps a manifest and lets tags mean it; both at once, and again is no error.
     *
     * @param complete refuse when a blob or listed manifest is not in the repository
     * @throws RegistryError of code {@link RegistryError.Code#MANIFEST_BLOB_UNKNOWN}
     */
    void put(
            RepositoryName repository,
            StoredManifest manifest,
            ManifestContent content,
            Collection<String> tags,
            boolean complete);

    /** Removes a tag if it still means what it did when it was looked at; false when it was pushed again meanwhile. */
    boolean removeTagIfUnchanged(RepositoryName repository, TagDetail tag);

    /** Removes a tag and leaves what it meant; false when there is none. */
    boolean removeTag(RepositoryName repository, String tag);

    /**
     * Removes a manifest with the tags that mean it.
     *
     * @return the tags; empty when there is no such manifest
     */
    Optional<List<String>> removeManifest(RepositoryName repository, Digest digest);

    /** Length of a blob that is linked to the repository. */
    OptionalLong blob(RepositoryName repository, Digest digest);

    /** Links a blob, which is stored; again is no error. The repository comes into being with its first link or manifest. */
    void link(RepositoryName repository, Blob blob);

    /** What became of a link that was to be removed. */
    enum Unlinked {
        REMOVED,
        ABSENT,
        /** A manifest of the repository refers to the blob. */
        IN_USE
    }

    /** Removes a link unless a manifest needs it; the blob itself is collected later. */
    Unlinked unlink(RepositoryName repository, Digest digest);

    /** Repositories to which the blob is linked, by name, at most {@code limit}. */
    List<RepositoryName> repositoriesOf(Digest blob, int limit);

    /** Manifests of the repository that refer to the blob, at most {@code limit}. */
    List<StoredManifest> manifestsNeeding(RepositoryName repository, Digest blob, int limit);

    /** Whether any repository links the blob. */
    boolean isLinked(Digest blob);

    /** Every blob that any repository links. */
    Set<Digest> linked();

    boolean exists(RepositoryName repository);

    /** Tags in byte order after {@code last}, at most {@code limit}. */
    List<String> tags(RepositoryName repository, String last, int limit);

    /** Names of repositories in byte order after {@code last}, at most {@code limit}. */
    List<RepositoryName> repositories(String last, int limit);

    /**
     * A manifest that is about another one, as a descriptor says it.
     *
     * @param digest of the referrer
     * @param mediaType of its document
     * @param artifactType what it is
     * @param size of its document in bytes
     * @param annotations its own
     */
    record Referrer(Digest digest, String mediaType, String artifactType, long size, Map<String, String> annotations) {}

    /** Who refers to {@code subject}, by digest after {@code last}, at most {@code limit}; the subject need not exist. */
    List<Referrer> referrers(
            RepositoryName repository, Digest subject, Optional<String> artifactType, String last, int limit);

    /** Notes an upload that was begun. */
    void addUpload(String id, RepositoryName repository);

    /** The repository that an upload is for. */
    Optional<RepositoryName> upload(String id);

    /** Forgets an upload; false when it was unknown. */
    boolean removeUpload(String id);

    /** Links the blob that an upload became, and forgets the upload. */
    void finishUpload(String id, RepositoryName repository, Blob blob);

    /** Uploads that were begun before {@code then}. */
    List<String> uploadsBefore(Instant then);

    /** Notes when tags were last pulled. */
    void pulled(Map<PulledTag, Instant> pulls);

    /** A tag of a repository, as a key. */
    record PulledTag(RepositoryName repository, String tag) {}

    /**
     * A tag with what a page shows of it.
     *
     * @param name of the tag
     * @param digest what it means
     * @param mediaType of the manifest
     * @param artifactType of the manifest
     * @param size of manifest and blobs in bytes; of an index, those of what it lists
     * @param pushed when the tag was set
     * @param pulled when it was last pulled
     */
    record TagDetail(
            String name,
            Digest digest,
            String mediaType,
            String artifactType,
            long size,
            Instant pushed,
            Optional<Instant> pulled) {}

    /** Tags whose name contains {@code part}, the last pushed first. */
    List<TagDetail> tagDetails(RepositoryName repository, String part, int offset, int limit);

    /**
     * A repository with what a page shows of it.
     *
     * @param name of the repository
     * @param tags how many it has
     * @param manifests how many it has
     * @param bytes of the blobs that are linked to it
     * @param updated when it last changed
     */
    record RepositoryDetail(RepositoryName name, int tags, int manifests, long bytes, Instant updated) {}

    /** Repositories whose name contains {@code part}, by name after {@code last}. */
    List<RepositoryDetail> repositoryDetails(String part, String last, int limit);

    /** How much there is of everything. */
    record Totals(long repositories, long manifests, long tags, long blobs, long bytes) {}

    Totals totals();

    /** A manifest with what retention looks at. */
    record Kept(Digest digest, Instant pushed, Optional<Digest> subject) {}

    /** Manifests that no tag, listing index or existing subject keeps, pushed before {@code then}. */
    List<Kept> untagged(RepositoryName repository, Instant then, int limit);

    /** Removes a manifest if still nothing keeps it, in one transaction; false when something does. */
    boolean removeIfUntagged(RepositoryName repository, Digest digest, Instant then);

    /** Links that no manifest needs and that were made before {@code then}. */
    List<Digest> unneededLinks(RepositoryName repository, Instant then, int limit);

    /** Removes a link if still no manifest needs it, in one transaction; false when one does. */
    boolean unlinkIfUnneeded(RepositoryName repository, Digest blob, Instant then);

    /** Removes a repository in which nothing is left; false when something is. */
    boolean removeIfEmpty(RepositoryName repository);

    /**
     * A blob that was found broken and is not here again.
     *
     * @param digest of it
     * @param size in bytes
     * @param found when
     * @param repositories that lost it, separated by spaces, at most a thousand
     */
    record Damage(Digest digest, long size, Instant found, String repositories) {}

    /** Unlinks a broken blob from every repository and notes that; the repositories. */
    List<RepositoryName> noteDamage(Blob blob, Instant found);

    /** Broken blobs that no repository has again, the last found first, at most {@code limit}. */
    List<Damage> damages(int limit);

    /** Notes that something that is done from time to time was done. */
    void noteDone(String what, Instant when);

    /** When it was done last. */
    Optional<Instant> done(String what);
}
