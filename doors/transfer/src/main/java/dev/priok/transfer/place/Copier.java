package dev.priok.transfer.place;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.distribution.ManifestBlob;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Copies an image to the byte: blobs side by side, each once; manifests after what they name, the named one last. */
public final class Copier {
    /** An index in an index, as some tools write it; more is an attack. */
    private static final int MAXIMUM_DEPTH = 4;
    /** Signatures of signatures; more is an attack. */
    private static final int MAXIMUM_REFERRERS = 1000;

    private final Place from;
    private final Place to;
    private final Plan plan;
    private final Consumer<String> progress;
    private final Map<String, Future<?>> moved = new HashMap<>();
    private final Set<Digest> done = new HashSet<>();

    /**
     * What of an image to copy.
     *
     * @param platform this one alone; every one when empty
     * @param referrers also what is about it
     * @param jobs blobs at once
     */
    public record Plan(Optional<Platform> platform, boolean referrers, int jobs) {}

    public Copier(Place from, Place to, Plan plan, Consumer<String> progress) {
        this.from = from;
        this.to = to;
        this.plan = plan;
        this.progress = progress;
    }

    /** Copies; returns the digest of what the destination names now. */
    public Digest run() throws IOException {
        ManifestBlob top = chosen(from.top(), 0);
        ExecutorService pool = Executors.newFixedThreadPool(
                plan.jobs(), Thread.ofPlatform().name("copy-", 0).daemon().factory());
        try {
            copy(top, true, 0, pool);
            if (plan.referrers()) {
                copyReferrers(pool);
            }
            to.finish();
        } finally {
            pool.shutdownNow();
        }
        return top.digest();
    }

    /** Copies only what is about the image, which is at the destination. */
    public int referrers() throws IOException {
        ManifestBlob top = from.top();
        done.add(top.digest());
        ExecutorService pool = Executors.newFixedThreadPool(
                plan.jobs(), Thread.ofPlatform().name("copy-", 0).daemon().factory());
        try {
            copyReferrers(pool);
            to.finish();
        } finally {
            pool.shutdownNow();
        }
        return done.size() - 1;
    }

    private ManifestBlob chosen(ManifestBlob found, int depth) throws IOException {
        if (plan.platform().isEmpty() || !MediaTypes.isIndex(found.mediaType())) {
            return found;
        }
        Platform platform = plan.platform().get();
        Index.Entry entry = found.index()
                .forPlatform(platform)
                .orElseThrow(() -> Failure.notFound("%s has nothing for %s", from.name(), platform));
        if (depth == MAXIMUM_DEPTH) {
            throw Failure.invalid("index %s holds indexes more than %d deep", found.digest(), MAXIMUM_DEPTH);
        }
        return chosen(part(entry), depth + 1);
    }

    private ManifestBlob part(Index.Entry entry) throws IOException {
        return from.manifest(Digest.parse(entry.digest()))
                .orElseThrow(() -> Failure.notFound("%s lacks the manifest %s", from.name(), entry.digest()));
    }

    private void copy(ManifestBlob blob, boolean top, int depth, ExecutorService pool) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("index %s holds indexes more than %d deep", blob.digest(), MAXIMUM_DEPTH);
        }
        if (!done.add(blob.digest()) && !top) {
            return;
        }
        if (MediaTypes.isIndex(blob.mediaType())) {
            for (Index.Entry entry : blob.index().manifests()) {
                copy(part(entry), false, depth + 1, pool);
            }
        } else {
            moveAll(blob.manifest(), pool);
        }
        to.putManifest(blob, top);
        progress.accept("Copied manifest " + blob.digest());
    }

    private void moveAll(Manifest manifest, ExecutorService pool) throws IOException {
        List<Descriptor> blobs = new ArrayList<>(manifest.layers());
        Descriptor config = manifest.config();
        if (config != null) {
            blobs.add(config);
        }
        List<Future<?>> mine = new ArrayList<>();
        for (Descriptor blob : blobs) {
            boolean elsewhere =
                    MediaTypes.isForeign(blob.mediaType()) && !blob.urls().isEmpty();
            if (!elsewhere) {
                mine.add(moved.computeIfAbsent(
                        blob.digest(),
                        _ -> pool.submit(() -> {
                            move(blob);
                            return null;
                        })));
            }
        }
        for (Future<?> one : mine) {
            await(one);
        }
    }

    private static void await(Future<?> one) throws IOException {
        try {
            one.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case IOException cause -> cause;
                case null, default -> new IOException("copying failed: " + e.getCause(), e);
            };
        }
    }

    private void move(Descriptor blob) throws IOException {
        if (to.hasBlob(blob)) {
            progress.accept("Exists " + blob.digest());
        } else if (to.link(blob, from)) {
            progress.accept("Mounted " + blob.digest());
        } else {
            to.putBlob(blob, from.blob(blob));
            progress.accept("Copied blob " + blob.digest());
        }
    }

    private void copyReferrers(ExecutorService pool) throws IOException {
        List<Digest> subjects = new ArrayList<>(done);
        for (int i = 0; i < subjects.size(); i++) {
            for (Index.Entry referrer : from.referrers(subjects.get(i))) {
                Digest digest = Digest.parse(referrer.digest());
                if (!done.contains(digest)) {
                    if (subjects.size() > MAXIMUM_REFERRERS) {
                        throw Failure.invalid("%s has more than %d referrers", from.name(), MAXIMUM_REFERRERS);
                    }
                    copy(part(referrer), false, 0, pool);
                    subjects.add(digest);
                }
            }
        }
    }
}
