package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.core.Leases.Lease;
import dev.priok.registry.Catalog.PulledTag;
import dev.priok.registry.internal.ByteBoundedCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of the distribution specification on a catalog and a storage. Who may call them is decided before,
 * by {@code AccessControl}.
 *
 * <p>Answers of the last hour are remembered: a client that was told that a blob is there may push a manifest that needs it, so
 * collection spares such blobs.
 *
 * <p>All methods block and may be called from any thread.
 */
public final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    /** Tags pulled since they were last written down; more than this and the oldest news are lost. */
    private static final int MAXIMUM_PULLS = 100_000;
    /** Uploads that are held open; the specification sets no bound, descriptors do. */
    private static final int MAXIMUM_OPEN_UPLOADS = 10_000;
    /** What a cached link takes: two strings of some hundred characters and their nodes. */
    private static final long LINK_BYTES = 400;

    private final Catalog catalog;
    private final RegistryStorage storage;
    private final RegistrySettings settings;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, BlobUpload> uploads = new ConcurrentHashMap<>();
    private final ByteBoundedCache<String, StoredManifest> manifests;
    private final ByteBoundedCache<String, Long> links;
    private final ByteBoundedCache<String, Instant> answered;
    private final Map<PulledTag, Instant> pulls = new ConcurrentHashMap<>();
    private final List<Consumer<RegistryEvent>> listeners = new CopyOnWriteArrayList<>();

    public Registry(
            Catalog catalog,
            RegistryStorage storage,
            RegistrySettings settings,
            InstantSource clock,
            SecureRandom random) {
        this.catalog = catalog;
        this.storage = storage;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.manifests = new ByteBoundedCache<>(settings.cacheBytes(), manifest -> manifest.bytes().length + 600L);
        this.links = new ByteBoundedCache<>(settings.cacheBytes() / 4, _ -> LINK_BYTES);
        this.answered = new ByteBoundedCache<>(settings.cacheBytes() / 4, _ -> LINK_BYTES);
    }

    RegistrySettings settings() {
        return settings;
    }

    RegistryStorage storage() {
        return storage;
    }

    /** Most bytes of a manifest that is taken. */
    public int maximumManifestBytes() {
        return settings.maximumManifestBytes();
    }

    /** Whether clients may delete anything. */
    public boolean allowsDeletion() {
        return settings.deletion();
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Tells what happens; called on the thread of the request, so it must be quick. */
    public void listen(Consumer<RegistryEvent> listener) {
        listeners.add(listener);
    }

    private void tell(
            RegistryEvent.Action action,
            RepositoryName repository,
            Optional<Digest> digest,
            String mediaType,
            long size,
            Optional<String> tag) {
        if (!listeners.isEmpty()) {
            var event = new RegistryEvent(
                    action, repository, digest, mediaType, size, tag, clock.instant(), Origin.current());
            listeners.forEach(listener -> listener.accept(event));
        }
    }

    /**
     * The manifest that a client asks for.
     *
     * @throws RegistryError of code {@link RegistryError.Code#MANIFEST_UNKNOWN}
     */
    public StoredManifest manifest(RepositoryName repository, Reference reference) {
        String key = key(repository, reference.toString());
        StoredManifest found = manifests
                .get(key)
                .or(() -> load(repository, reference, key))
                .orElseThrow(() -> unknown(repository, reference));
        if (reference instanceof Reference.Tag(String tag) && pulls.size() < MAXIMUM_PULLS) {
            pulls.put(new PulledTag(repository, tag), clock.instant());
        }
        if (!listeners.isEmpty()) {
            tell(
                    RegistryEvent.Action.PULL,
                    repository,
                    Optional.of(found.digest()),
                    found.mediaType(),
                    found.bytes().length,
                    tagOf(reference));
        }
        return found;
    }

    /** The manifest that is here, without telling anybody that it was looked at. */
    Optional<StoredManifest> peek(RepositoryName repository, Reference reference) {
        String key = key(repository, reference.toString());
        return manifests.get(key).or(() -> load(repository, reference, key));
    }

    /** Keeps a copy of another registry's manifest, whose blobs come when somebody wants them. */
    void keepCopy(RepositoryName repository, Reference reference, StoredManifest manifest) {
        List<String> tags = tagOf(reference).map(List::of).orElse(List.of());
        catalog.put(repository, manifest, ManifestContent.read(manifest.bytes(), manifest.mediaType()), tags, false);
        forgetManifest(repository, manifest.digest(), tags);
    }

    /** Forgets a tag of a copy that the other registry does not have any more. */
    void dropCopy(RepositoryName repository, Reference reference) {
        if (reference instanceof Reference.Tag(String tag)) {
            catalog.removeTag(repository, tag);
            manifests.remove(key(repository, tag));
        }
    }

    private Optional<StoredManifest> load(RepositoryName repository, Reference reference, String key) {
        Optional<StoredManifest> loaded = catalog.manifest(repository, reference);
        if (loaded.isPresent()) {
            manifests.put(key, loaded.get());
            // Somebody may have changed it in between; whoever does so forgets it after the change, so one of both sees
            // the other.
            Optional<StoredManifest> again =
                    reference instanceof Reference.Tag ? catalog.manifest(repository, reference) : loaded;
            if (!again.map(StoredManifest::digest).equals(loaded.map(StoredManifest::digest))) {
                manifests.remove(key);
            }
            return again;
        }
        return loaded;
    }

    private static String key(RepositoryName repository, String what) {
        return repository.text() + ' ' + what;
    }

    private static Optional<String> tagOf(Reference reference) {
        return reference instanceof Reference.Tag(String tag) ? Optional.of(tag) : Optional.empty();
    }

    static RegistryError unknown(RepositoryName repository, Reference reference) {
        return new RegistryError(
                RegistryError.Code.MANIFEST_UNKNOWN, "manifest %s of %s is unknown", reference, repository);
    }

    /**
     * What came of a push.
     *
     * @param digest of the manifest
     * @param subject what it is about
     */
    public record Pushed(Digest digest, Optional<Digest> subject) {}

    /**
     * Keeps a manifest; on disk when this returns.
     *
     * @param tags further tags for one that is pushed by digest
     * @throws RegistryError when it is no manifest, its digest is another, or what it needs is not here
     */
    public Pushed push(
            RepositoryName repository, Reference reference, String contentType, byte[] bytes, List<String> tags) {
        ManifestContent content = ManifestContent.read(bytes, contentType);
        Digest digest =
                reference instanceof Reference.ByDigest(Digest named) ? verified(named, bytes) : Digest.sha256(bytes);
        List<String> all = new ArrayList<>(tags.size() + 1);
        tags.forEach(tag -> all.add(new Reference.Tag(tag).name()));
        tagOf(reference).ifPresent(all::add);
        catalog.put(
                repository,
                new StoredManifest(digest, content.mediaType(), bytes),
                content,
                all,
                !settings.incompleteManifests());
        forgetManifest(repository, digest, all);
        for (Optional<String> tag : all.isEmpty()
                ? List.of(Optional.<String>empty())
                : all.stream().map(Optional::of).toList()) {
            tell(RegistryEvent.Action.PUSH, repository, Optional.of(digest), content.mediaType(), bytes.length, tag);
        }
        return new Pushed(digest, content.subject());
    }

    private static Digest verified(Digest named, byte[] bytes) {
        Digest found;
        try {
            var hash = MessageDigest.getInstance("sha256".equals(named.algorithm()) ? "SHA-256" : "SHA-512");
            found = new Digest(named.algorithm(), HexFormat.of().formatHex(hash.digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + named.algorithm(), e);
        }
        if (!found.equals(named)) {
            throw new RegistryError(
                    RegistryError.Code.DIGEST_INVALID, "the manifest hashes to %s and not to %s", found, named);
        }
        return named;
    }

    private void forgetManifest(RepositoryName repository, Digest digest, List<String> tags) {
        manifests.remove(key(repository, digest.toString()));
        tags.forEach(tag -> manifests.remove(key(repository, tag)));
    }

    /**
     * Removes a tag, or a manifest with its tags.
     *
     * @throws RegistryError of code {@link RegistryError.Code#MANIFEST_UNKNOWN}
     */
    public void delete(RepositoryName repository, Reference reference) {
        requireDeletion();
        Optional<Digest> digest = Optional.empty();
        switch (reference) {
            case Reference.Tag(String tag) -> {
                if (!catalog.removeTag(repository, tag)) {
                    throw unknown(repository, reference);
                }
                manifests.remove(key(repository, tag));
            }
            case Reference.ByDigest(Digest named) -> {
                List<String> tags =
                        catalog.removeManifest(repository, named).orElseThrow(() -> unknown(repository, reference));
                forgetManifest(repository, named, tags);
                digest = Optional.of(named);
            }
        }
        tell(RegistryEvent.Action.DELETE, repository, digest, "", 0, tagOf(reference));
    }

    /** For a collector that has removed a manifest. */
    void removed(RepositoryName repository, Digest digest) {
        forgetManifest(repository, digest, List.of());
        tell(RegistryEvent.Action.DELETE, repository, Optional.of(digest), "", 0, Optional.empty());
    }

    /** For retention: removes a tag that was not pushed again since it was looked at. */
    boolean expire(RepositoryName repository, Catalog.TagDetail tag) {
        boolean gone = catalog.removeTagIfUnchanged(repository, tag);
        if (gone) {
            manifests.remove(key(repository, tag.name()));
            tell(
                    RegistryEvent.Action.DELETE,
                    repository,
                    Optional.of(tag.digest()),
                    tag.mediaType(),
                    0,
                    Optional.of(tag.name()));
        }
        return gone;
    }

    /** For a scrub that has moved a blob aside. */
    void damaged(RepositoryName repository, Blob blob) {
        unlinked(repository, blob.digest());
        tell(
                RegistryEvent.Action.DAMAGE,
                repository,
                Optional.of(blob.digest()),
                "application/octet-stream",
                blob.size(),
                Optional.empty());
    }

    /** Uploads that are open now. */
    public int openUploads() {
        return uploads.size();
    }

    /**
     * Writes to the storage to see that it can.
     *
     * @return bytes that are free
     */
    public long probe() throws IOException {
        return storage.probe();
    }

    private void requireDeletion() {
        if (!settings.deletion()) {
            throw new RegistryError(RegistryError.Code.UNSUPPORTED, "deletion is switched off");
        }
    }

    /**
     * Length of a blob.
     *
     * @throws RegistryError of code {@link RegistryError.Code#BLOB_UNKNOWN}
     */
    public long blob(RepositoryName repository, Digest digest) {
        long size = linked(repository, digest)
                .orElseThrow(() -> new RegistryError(
                        RegistryError.Code.BLOB_UNKNOWN, "blob %s of %s is unknown", digest, repository));
        answered.put(key(repository, digest.toString()), clock.instant());
        return size;
    }

    /** Length of a blob that is linked to the repository. */
    OptionalLong linked(RepositoryName repository, Digest digest) {
        String key = key(repository, digest.toString());
        Optional<Long> known = links.get(key);
        if (known.isPresent()) {
            return OptionalLong.of(known.get());
        }
        OptionalLong size = catalog.blob(repository, digest);
        if (size.isPresent()) {
            links.put(key, size.getAsLong());
            if (catalog.blob(repository, digest).isEmpty()) {
                links.remove(key);
            }
        }
        return size;
    }

    /** Opens a blob that {@link #blob} has found, to hand it out. */
    public FileChannel open(RepositoryName repository, Digest digest) throws IOException {
        FileChannel file = storage.open(digest);
        if (!listeners.isEmpty()) {
            tell(
                    RegistryEvent.Action.PULL,
                    repository,
                    Optional.of(digest),
                    "application/octet-stream",
                    file.size(),
                    Optional.empty());
        }
        return file;
    }

    /** Whether a client was told lately that the blob is there. */
    boolean wasAnswered(RepositoryName repository, Digest digest, Instant since) {
        return answered.get(key(repository, digest.toString()))
                .filter(time -> !time.isBefore(since))
                .isPresent();
    }

    void unlinked(RepositoryName repository, Digest digest) {
        links.remove(key(repository, digest.toString()));
    }

    /**
     * Removes a blob from a repository.
     *
     * @throws RegistryError when it is not there, or a manifest needs it
     */
    public void deleteBlob(RepositoryName repository, Digest digest) {
        requireDeletion();
        switch (catalog.unlink(repository, digest)) {
            case REMOVED -> unlinked(repository, digest);
            case ABSENT ->
                throw new RegistryError(
                        RegistryError.Code.BLOB_UNKNOWN, "blob %s of %s is unknown", digest, repository);
            case IN_USE ->
                throw new RegistryError(
                        RegistryError.Code.UNSUPPORTED,
                        "blob %s is needed by a manifest of %s: delete that first",
                        digest,
                        repository);
        }
        tell(
                RegistryEvent.Action.DELETE,
                repository,
                Optional.of(digest),
                "application/octet-stream",
                0,
                Optional.empty());
    }

    /**
     * Links a blob that another repository has, or that lies in a store shared with the engine.
     *
     * @param from the repository that has it, when the client says
     * @param readable repositories that the client may pull from
     * @param shared whether the client may also have blobs of the store that no repository links
     * @return whether it is linked; else it has to be uploaded
     */
    public boolean mount(
            RepositoryName repository,
            Digest digest,
            Optional<RepositoryName> from,
            Predicate<RepositoryName> readable,
            boolean shared)
            throws IOException {
        try (Lease lease = storage.leases().open()) {
            lease.protect(digest);
            boolean known = from.isPresent()
                    ? readable.test(from.get())
                            && catalog.blob(from.get(), digest).isPresent()
                    : catalog.repositoriesOf(digest, 100).stream().anyMatch(readable);
            OptionalLong size = storage.size(digest);
            if (size.isEmpty() || (!known && !shared)) {
                return false;
            }
            catalog.link(repository, new Blob(digest, size.getAsLong()));
            answered.put(key(repository, digest.toString()), clock.instant());
            tell(
                    RegistryEvent.Action.MOUNT,
                    repository,
                    Optional.of(digest),
                    "application/octet-stream",
                    size.getAsLong(),
                    Optional.empty());
            return true;
        }
    }

    /** Begins an upload; it survives a kill of this process. */
    public BlobUpload begin(RepositoryName repository) throws IOException {
        if (uploads.size() >= MAXIMUM_OPEN_UPLOADS) {
            throw new RegistryError(RegistryError.Code.TOOMANYREQUESTS, "too many uploads at once: try again later");
        }
        String name = newId();
        catalog.addUpload(name, repository);
        var upload = new BlobUpload(this, repository, name, storage.begin(name));
        uploads.put(name, upload);
        return upload;
    }

    String newId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /**
     * An upload of the repository.
     *
     * @throws RegistryError of code {@link RegistryError.Code#BLOB_UPLOAD_UNKNOWN}
     */
    public BlobUpload upload(RepositoryName repository, String id) throws IOException {
        BlobUpload upload = uploads.get(id);
        if (upload == null) {
            upload = resume(id);
        }
        if (upload == null || !upload.repository().equals(repository)) {
            throw new RegistryError(
                    RegistryError.Code.BLOB_UPLOAD_UNKNOWN, "upload %s of %s is unknown", id, repository);
        }
        return upload;
    }

    private synchronized @org.jspecify.annotations.Nullable BlobUpload resume(String id) throws IOException {
        BlobUpload known = uploads.get(id);
        Optional<RepositoryName> repository = known == null ? catalog.upload(id) : Optional.empty();
        if (repository.isPresent()) {
            Optional<RegistryStorage.Upload> kept = storage.resume(id);
            if (kept.isPresent()) {
                known = new BlobUpload(this, repository.get(), id, kept.get());
                uploads.put(id, known);
            }
        }
        return known;
    }

    void finished(BlobUpload upload, Blob blob) {
        catalog.finishUpload(upload.id(), upload.repository(), blob);
        uploads.remove(upload.id());
        answered.put(key(upload.repository(), blob.digest().toString()), clock.instant());
        tell(
                RegistryEvent.Action.PUSH,
                upload.repository(),
                Optional.of(blob.digest()),
                "application/octet-stream",
                blob.size(),
                Optional.empty());
    }

    void forget(BlobUpload upload) {
        catalog.removeUpload(upload.id());
        uploads.remove(upload.id());
    }

    /** Throws away uploads that were begun too long ago, and files of such as nobody knows. */
    void expireUploads() throws IOException {
        for (String id : catalog.uploadsBefore(clock.instant().minus(settings.uploadExpiry()))) {
            BlobUpload open = uploads.get(id);
            if (open == null) {
                catalog.removeUpload(id);
                storage.discard(id);
            } else {
                try {
                    open.cancel();
                } catch (RegistryError e) {
                    LOG.debug("upload {} is old and in use", id, e);
                }
            }
        }
        for (String id : storage.uploads()) {
            if (!uploads.containsKey(id) && catalog.upload(id).isEmpty()) {
                storage.discard(id);
            }
        }
    }

    /**
     * Tags in byte order.
     *
     * @throws RegistryError of code {@link RegistryError.Code#NAME_UNKNOWN}
     */
    public List<String> tags(RepositoryName repository, String last, int limit) {
        List<String> tags = catalog.tags(repository, last, limit);
        if (tags.isEmpty() && !catalog.exists(repository)) {
            throw new RegistryError(RegistryError.Code.NAME_UNKNOWN, "repository %s is unknown", repository);
        }
        return tags;
    }

    /** Every blob that must not be collected. */
    public Set<Digest> liveBlobs() {
        return catalog.linked();
    }

    /** Writes down when tags were pulled. */
    public void savePulls() {
        Map<PulledTag, Instant> news = new HashMap<>(pulls);
        if (!news.isEmpty()) {
            catalog.pulled(news);
            news.forEach(pulls::remove);
        }
    }

    @Override
    public void close() {
        savePulls();
        for (BlobUpload upload : uploads.values()) {
            try {
                upload.release();
            } catch (IOException e) {
                LOG.warn("cannot close upload {}", upload.id(), e);
            }
        }
    }
}
