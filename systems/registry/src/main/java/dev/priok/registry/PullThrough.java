package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.registry.internal.ByteBoundedCache;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of what is pulled from other registries. However many clients want the same thing at once, the upstream is asked
 * once; while it is away, what is here is handed out, and the client is told that it may be old.
 *
 * <p>A digest never means anything else, so what is here by digest is never asked for again. A tag is believed for the upstream's
 * time of freshness, then its digest is compared, and only a new one is fetched.
 */
public final class PullThrough {
    private static final Logger LOG = LoggerFactory.getLogger(PullThrough.class);

    /** How long an upstream that did not answer is left alone: copies are handed out at once, the rest is refused at once. */
    private static final Duration REST = Duration.ofSeconds(10);
    /** Memory for when tags and lists were last compared. */
    private static final long CHECKED_BYTES = 4 << 20;

    private static final long CHECKED_ENTRY_BYTES = 400;
    /** Manifests that are looked through for the length of a blob. */
    private static final int MANIFESTS_TO_LOOK_AT = 20;

    /** Referrers of one manifest that are copied; more would let an upstream fill the disk. */
    private static final int MAXIMUM_REFERRERS = 100;

    /** What can be said of an answer. */
    public enum Freshness {
        /** The repository is not a copy of another one. */
        OWN,
        /** It is as the upstream has it, or had it within the time of freshness. */
        FRESH,
        /** The upstream did not answer; it is what it had when it last did. */
        STALE
    }

    private final Registry registry;
    private final List<Upstream> upstreams;
    private final Registries client;
    private final InstantSource clock;
    private final ByteBoundedCache<String, Instant> checked =
            new ByteBoundedCache<>(CHECKED_BYTES, _ -> CHECKED_ENTRY_BYTES);
    private final Map<String, CompletableFuture<Freshness>> asking = new ConcurrentHashMap<>();
    private final Map<String, BlobFetch> fetches = new ConcurrentHashMap<>();
    private final Map<String, Instant> resting = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder failures = new LongAdder();

    public PullThrough(Registry registry, List<Upstream> upstreams, Registries client, InstantSource clock) {
        this.registry = registry;
        this.upstreams = List.copyOf(upstreams);
        this.client = client;
        this.clock = clock;
    }

    /**
     * How often what was wanted was here, had to be fetched, was handed out stale, or could not be got.
     *
     * @param fetching blobs that are coming now
     */
    public record Counts(long hits, long misses, long stale, long failures, int fetching) {}

    public Counts counts() {
        return new Counts(hits.sum(), misses.sum(), stale.sum(), failures.sum(), fetches.size());
    }

    private record Source(Upstream upstream, ImageReference name) {}

    private Optional<Source> source(RepositoryName repository) {
        for (Upstream upstream : upstreams) {
            Optional<Source> found = upstream.nameOf(repository).map(name -> new Source(upstream, name));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Whether the repository is a copy; nothing is pushed to one. */
    public boolean isCopy(RepositoryName repository) {
        return source(repository).isPresent();
    }

    /**
     * Brings a manifest here, or makes sure that the one here is still meant.
     *
     * @throws RegistryError MANIFEST_UNKNOWN when the upstream has none, UNAVAILABLE when it is away and there is no copy
     */
    public Freshness bring(RepositoryName repository, Reference reference) {
        Optional<Source> source = source(repository);
        if (source.isEmpty()) {
            return Freshness.OWN;
        }
        Optional<StoredManifest> here = registry.peek(repository, reference);
        String key = repository.text() + ' ' + reference;
        if (here.isPresent() && (reference instanceof Reference.ByDigest || isFresh(key, source.get()))) {
            hits.increment();
            return Freshness.FRESH;
        }
        return once(key, () -> askForManifest(source.get(), repository, reference, here, key));
    }

    private boolean isFresh(String key, Source source) {
        return checked.get(key)
                .filter(then ->
                        clock.instant().isBefore(then.plus(source.upstream().fresh())))
                .isPresent();
    }

    /** Asks the upstream. */
    @FunctionalInterface
    private interface Question {
        Freshness ask() throws IOException;
    }

    /** Whoever comes first asks; the others wait for that answer. */
    private Freshness once(String key, Question question) {
        var mine = new CompletableFuture<Freshness>();
        CompletableFuture<Freshness> other = asking.putIfAbsent(key, mine);
        if (other != null) {
            try {
                return other.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RegistryError error ? again(error) : new IllegalStateException(e);
            }
        }
        try {
            Freshness answer = question.ask();
            mine.complete(answer);
            return answer;
        } catch (IOException | RuntimeException e) {
            RegistryError told = e instanceof RegistryError error ? error : away(key, e);
            mine.completeExceptionally(told);
            throw told;
        } finally {
            asking.remove(key, mine);
        }
    }

    /** The same refusal for another client: an exception is thrown by one thread alone. */
    private static RegistryError again(RegistryError error) {
        return new RegistryError(error.code(), error, error.message());
    }

    private RegistryError away(String what, Exception cause) {
        failures.increment();
        return new RegistryError(
                RegistryError.Code.UNAVAILABLE, cause, "the upstream of %s does not answer".formatted(what));
    }

    private Freshness askForManifest(
            Source source, RepositoryName repository, Reference reference, Optional<StoredManifest> here, String key)
            throws IOException {
        try {
            requireAwake(source);
            Repository upstream =
                    client.reading(source.name(), source.upstream().credentials());
            if (here.isPresent()) {
                Optional<Descriptor> now = upstream.head(reference.toString());
                if (now.isEmpty()) {
                    registry.dropCopy(repository, reference);
                    throw Registry.unknown(repository, reference);
                }
                if (now.get().parsedDigest().equals(here.get().digest())) {
                    checked.put(key, clock.instant());
                    hits.increment();
                    return Freshness.FRESH;
                }
            }
            misses.increment();
            ManifestBlob found =
                    upstream.manifest(reference.toString()).orElseThrow(() -> Registry.unknown(repository, reference));
            registry.keepCopy(
                    repository, reference, new StoredManifest(found.digest(), found.mediaType(), found.bytes()));
            checked.put(key, clock.instant());
            return Freshness.FRESH;
        } catch (Failure e) {
            rest(source, e);
            if (here.isPresent()) {
                stale.increment();
                return Freshness.STALE;
            }
            throw refused(repository + " " + reference, e);
        }
    }

    /** Bad credentials and refusals are told as what they are; everything else as a registry that is away. */
    private RegistryError refused(String what, Failure e) {
        return switch (e.kind()) {
            case NOT_FOUND -> new RegistryError(RegistryError.Code.MANIFEST_UNKNOWN, e, "unknown upstream: " + what);
            case UNAUTHORIZED, FORBIDDEN ->
                new RegistryError(
                        RegistryError.Code.DENIED, e, "the upstream refuses %s: %s".formatted(what, e.message()));
            case INVALID, CONFLICT, NOT_MODIFIED, UNAVAILABLE, NOT_IMPLEMENTED, INTERNAL -> away(what, e);
        };
    }

    private void requireAwake(Source source) {
        Instant until = resting.get(source.upstream().domain());
        if (until != null && clock.instant().isBefore(until)) {
            throw new Failure(Failure.Kind.UNAVAILABLE, source.upstream().domain() + " did not answer a moment ago");
        }
    }

    private void rest(Source source, Failure e) {
        boolean answered = e.kind() == Failure.Kind.NOT_FOUND
                || e.kind() == Failure.Kind.UNAUTHORIZED
                || e.kind() == Failure.Kind.FORBIDDEN;
        if (!answered) {
            Instant until = clock.instant().plus(REST);
            Instant before = resting.put(source.upstream().domain(), until);
            if (before == null || before.isBefore(clock.instant())) {
                LOG.warn("{} does not answer: {}", source.upstream().domain(), e.message());
            }
        }
    }

    /**
     * A blob that has to come from the upstream: begins to fetch it, or joins whoever does.
     *
     * @return empty when the blob is here, or the repository is no copy
     * @throws RegistryError BLOB_UNKNOWN when no manifest here names it, UNAVAILABLE when the upstream is away
     */
    public Optional<BlobFetch> blob(RepositoryName repository, Digest digest) throws IOException {
        Optional<Source> source = source(repository);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        if (registry.linked(repository, digest).isPresent()) {
            hits.increment();
            return Optional.empty();
        }
        Descriptor descriptor = registry.catalog().manifestsNeeding(repository, digest, MANIFESTS_TO_LOOK_AT).stream()
                .flatMap(manifest -> ManifestContent.descriptor(manifest, digest).stream())
                .findFirst()
                .orElseThrow(() -> new RegistryError(
                        RegistryError.Code.BLOB_UNKNOWN,
                        "blob %s of %s is unknown: pull the manifest that needs it",
                        digest,
                        repository));
        if (linkFromAnotherCopy(repository, digest, source.get())) {
            hits.increment();
            return Optional.empty();
        }
        try {
            requireAwake(source.get());
        } catch (Failure e) {
            throw refused(repository + " " + digest, e);
        }
        String key = repository.text() + ' ' + digest;
        var joined = new BlobFetch[1];
        BlobFetch fetch = fetches.computeIfAbsent(key, _ -> {
            joined[0] = new BlobFetch(registry, repository, descriptor);
            return joined[0];
        });
        if (fetch == joined[0]) {
            misses.increment();
            Thread.ofVirtual().name("registry-fetch").start(() -> run(source.get(), fetch, key));
        }
        return Optional.of(fetch);
    }

    /** Base layers are shared by many repositories of one upstream; whoever may pull one of these copies may pull them all there. */
    private boolean linkFromAnotherCopy(RepositoryName repository, Digest digest, Source source) throws IOException {
        try (var lease = registry.storage().leases().open()) {
            lease.protect(digest);
            OptionalLong size = registry.storage().size(digest);
            boolean known = size.isPresent()
                    && registry.catalog().repositoriesOf(digest, 100).stream()
                            .anyMatch(other -> source(other)
                                    .filter(o -> o.upstream().equals(source.upstream()))
                                    .isPresent());
            if (known) {
                registry.catalog().link(repository, new Blob(digest, size.getAsLong()));
            }
            return known;
        }
    }

    private void run(Source source, BlobFetch fetch, String key) {
        try {
            var turn = client.downloads(source.upstream().domain());
            turn.acquire();
            try {
                fetch.run(client.reading(source.name(), source.upstream().credentials()));
            } finally {
                turn.release();
            }
        } catch (Failure e) {
            rest(source, e);
            fetch.fail(refused(key, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fetch.fail(away(key, e));
        } catch (IOException | RuntimeException e) {
            fetch.fail(e instanceof RegistryError error ? error : away(key, e));
        } finally {
            fetches.remove(key, fetch);
        }
    }

    /** Tags as the upstream lists them; empty when it does not answer or the repository is no copy, so that those here have to do. */
    public Optional<List<String>> tags(RepositoryName repository) {
        return ask(repository, upstream -> {
            List<String> tags = new ArrayList<>(upstream.tags());
            tags.sort(null);
            return tags;
        });
    }

    /** Brings what the upstream knows to be about a manifest; those here have to do when it does not answer. */
    public void bringReferrers(RepositoryName repository, Digest subject) {
        Optional<Source> source = source(repository);
        String key = repository.text() + " about " + subject;
        if (source.isEmpty() || isFresh(key, source.get())) {
            return;
        }
        Optional<List<Index.Entry>> listed = ask(repository, upstream -> upstream.referrers(subject));
        for (Index.Entry entry :
                listed.orElse(List.of()).stream().limit(MAXIMUM_REFERRERS).toList()) {
            bring(repository, new Reference.ByDigest(entry.descriptor().parsedDigest()));
        }
        if (listed.isPresent()) {
            checked.put(key, clock.instant());
        }
    }

    /** Asks the upstream for a list. */
    @FunctionalInterface
    private interface ListQuestion<T> {
        T ask(Repository upstream) throws IOException;
    }

    private <T> Optional<T> ask(RepositoryName repository, ListQuestion<T> question) {
        Optional<Source> source = source(repository);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        try {
            requireAwake(source.get());
            return Optional.of(question.ask(
                    client.reading(source.get().name(), source.get().upstream().credentials())));
        } catch (Failure e) {
            rest(source.get(), e);
        } catch (IOException e) {
            LOG.debug("{} does not answer", source.get().upstream().domain(), e);
        }
        stale.increment();
        return Optional.empty();
    }
}
