package dev.priok.engine;

import dev.priok.core.Credentials;
import dev.priok.core.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images. {@code ref} is a name with optional tag or digest, a whole id with or without {@code sha256:}, or a unique prefix of one. */
public interface Images {
    /** Newest first. {@code all} adds intermediate ones; {@code sharedSize} fills in {@link Summary#sharedBytes}. */
    List<Summary> list(boolean all, boolean sharedSize, Filters filters);

    /**
     * A row of {@code docker images}.
     *
     * @param sharedBytes -1 unless asked for
     * @param containers made from it; -1 unless counted
     */
    record Summary(
            String id,
            String parentId,
            List<String> repoTags,
            List<String> repoDigests,
            Instant created,
            long sizeBytes,
            long sharedBytes,
            int containers,
            Map<String, String> labels) {}

    Detail inspect(String ref);

    /** Everything known of an image. */
    record Detail(
            String id,
            String parentId,
            String manifestDigest,
            List<String> repoTags,
            List<String> repoDigests,
            @Nullable Instant created,
            String comment,
            String author,
            ImageSettings settings,
            Platform platform,
            long sizeBytes,
            List<String> diffIds,
            ContainerView.Snapshot snapshot,
            @Nullable Instant lastTagged) {}

    /** Newest first. */
    List<HistoryItem> history(String ref);

    /** One step; {@code id} is {@code <missing>} for all that are no image here. */
    record HistoryItem(
            String id,
            @Nullable Instant created,
            String createdBy,
            List<String> tags,
            long sizeBytes,
            String comment) {}

    void tag(String ref, String repository, String tag);

    /** Removes a name, and the image with its last name; conflicts as Docker has them. */
    List<Deleted> remove(String ref, boolean force, boolean noPrune);

    /** One thing that remove or prune did. */
    sealed interface Deleted {
        /** A name was taken away. */
        record Untagged(String name) implements Deleted {}

        /** An image or a layer was deleted. */
        record Removed(String id) implements Deleted {}
    }

    Pruned prune(Filters filters);

    /** What prune did. */
    record Pruned(List<Deleted> deleted, long reclaimedBytes) {}

    /** Makes an image of a root file system in a tar, plain or compressed; returns its id. */
    String importTar(InputStream tar, ImportRequest request) throws IOException;

    /**
     * As {@link #importTar}, of a tar that lies at an address.
     *
     * @param address http or https
     */
    String importFrom(URI address, ImportRequest request) throws IOException;

    /** How the imported image is called and configured; the changes are Dockerfile instructions. */
    record ImportRequest(
            String repository, String tag, String message, List<String> changes, Optional<Platform> platform) {}

    /** Loads the images of a {@code docker save} archive or of an OCI layout; lines such as {@code Loaded image: x} go to {@code progress}. */
    void load(InputStream tar, Consumer<String> progress) throws IOException;

    /** Writes images with their names as an archive that docker can load; {@code out} stays open. */
    void save(List<String> refs, OutputStream out) throws IOException;

    /**
     * Gets images from a registry. Interrupting the thread cancels it.
     *
     * @throws dev.priok.core.Failure in Docker's words
     */
    void pull(PullRequest request, Consumer<Progress> progress) throws IOException;

    /**
     * What to pull.
     *
     * @param name with a tag or a digest; {@code latest} when it has neither
     * @param allTags every tag of the repository instead
     * @param platform this machine's when empty
     * @param credentials for the registry
     */
    record PullRequest(String name, boolean allTags, Optional<Platform> platform, Credentials credentials) {}

    /** Puts an image into a registry, or all tags of a repository when {@code name} has none. Interrupting the thread cancels it. */
    void push(String name, Credentials credentials, Consumer<Progress> progress) throws IOException;

    /**
     * What a transfer says.
     *
     * @param id empty for lines about the whole
     * @param total 0 when bytes are not counted
     * @param pushed what a push ended with
     */
    record Progress(String id, String status, long current, long total, Optional<Pushed> pushed) {
        public Progress(String id, String status, long current, long total) {
            this(id, status, current, total, Optional.empty());
        }
    }

    /** A manifest that is in the registry now; {@code size} in bytes. */
    record Pushed(String tag, String digest, long size) {}

    /** Checks credentials; returns what to use instead of the password, empty for the password itself. */
    String login(String registry, Credentials credentials) throws IOException;

    /** Searches a registry; {@code filters} are is-official, is-automated and stars. */
    List<SearchResult> search(String term, int limit, Filters filters) throws IOException;

    /** A repository that was found. */
    record SearchResult(String name, String description, int stars, boolean official, boolean automated) {}

    /** What a registry has under a name. */
    Remote remote(String name, Credentials credentials) throws IOException;

    /** An image in a registry: its descriptor and the platforms it is for. */
    record Remote(String mediaType, String digest, long size, List<Platform> platforms) {}

    /**
     * Reads everything of an image again and compares it with its digests; damaged blobs come again from a registry that knows the
     * image, when asked to.
     *
     * @return what is wrong, a line each; empty when it is intact or whole again
     */
    List<String> verify(String ref, boolean repair, Credentials credentials, Consumer<String> progress)
            throws IOException;
}
