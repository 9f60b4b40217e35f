package dev.priok.registry;

import dev.priok.core.Digest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nothing needs while clients push and pull. A manifest that nothing names, and the link of a blob that no manifest
 * needs, go once they are older than the grace, each after it was looked at again in the transaction that removes it; a blob that a
 * client was told of within the grace stays linked. Then the storage is swept of blobs that no repository links, which leases
 * protect until they are.
 */
public final class GarbageCollection {
    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollection.class);
    private static final int STEP = 1000;

    private final Registry registry;
    private final Sweep sweep;
    private final InstantSource clock;
    private final boolean removeUntagged;
    private final Retention retention;
    private final Instant started;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Optional<Last> last = Optional.empty();

    /** Removes blobs that nothing links. */
    @FunctionalInterface
    public interface Sweep {
        void run() throws IOException;
    }

    /**
     * @param removeUntagged whether manifests that nothing names go too, everywhere
     * @param retention which tags go, and where manifests that nothing names
     */
    public GarbageCollection(
            Registry registry, Sweep sweep, InstantSource clock, boolean removeUntagged, Retention retention) {
        this.registry = registry;
        this.sweep = sweep;
        this.clock = clock;
        this.removeUntagged = removeUntagged;
        this.retention = retention;
        this.started = clock.instant();
    }

    /**
     * What a collection removed.
     *
     * @param tags that the rules of retention do not keep
     * @param manifests that nothing named
     * @param links of blobs that no manifest needed
     * @param repositories in which nothing was left
     */
    public record Collected(int tags, int manifests, int links, int repositories) {}

    /** Collects once; a second call waits for the first. */
    public Collected collect() throws IOException {
        turn.lock();
        try {
            registry.savePulls();
            registry.expireUploads();
            Instant then = clock.instant().minus(registry.settings().grace());
            int tags = 0;
            int manifests = 0;
            int links = 0;
            int repositories = 0;
            // What clients were told before this process began is not known: their grace must have passed too.
            boolean known = !started.isAfter(then);
            String after = "";
            List<RepositoryName> names = registry.catalog().repositories(after, STEP);
            while (!names.isEmpty()) {
                for (RepositoryName name : names) {
                    tags += tags(name);
                    boolean untagged = removeUntagged
                            || retention.rule(name).map(RetentionRule::untagged).orElse(false);
                    manifests += untagged ? manifests(name, then) : 0;
                    links += known ? links(name, then) : 0;
                    repositories += registry.catalog().removeIfEmpty(name) ? 1 : 0;
                    after = name.text();
                }
                names = registry.catalog().repositories(after, STEP);
            }
            sweep.run();
            Collected collected = new Collected(tags, manifests, links, repositories);
            last = Optional.of(new Last(clock.instant(), collected));
            return collected;
        } finally {
            turn.unlock();
        }
    }

    /**
     * The last collection.
     *
     * @param ended when
     * @param collected what it removed
     */
    public record Last(Instant ended, Collected collected) {}

    /** The last collection of this process. */
    public Optional<Last> last() {
        return last;
    }

    private int tags(RepositoryName name) {
        int removed = 0;
        for (Catalog.TagDetail tag : retention.doomed(name)) {
            removed += registry.expire(name, tag) ? 1 : 0;
        }
        return removed;
    }

    private int manifests(RepositoryName name, Instant then) {
        int removed = 0;
        boolean more = true;
        while (more) {
            more = false;
            // An index that goes may free what it listed, so look again until nothing goes.
            for (Catalog.Kept kept : registry.catalog().untagged(name, then, STEP)) {
                if (registry.catalog().removeIfUntagged(name, kept.digest(), then)) {
                    registry.removed(name, kept.digest());
                    removed++;
                    more = true;
                }
            }
        }
        return removed;
    }

    private int links(RepositoryName name, Instant then) {
        int removed = 0;
        for (Digest blob : registry.catalog().unneededLinks(name, then, STEP)) {
            if (!registry.wasAnswered(name, blob, then) && registry.catalog().unlinkIfUnneeded(name, blob, then)) {
                registry.unlinked(name, blob);
                removed++;
            }
        }
        return removed;
    }

    /** Collects again and again; close what is returned to end that. */
    public AutoCloseable every(Duration pause) {
        Thread thread = Thread.ofVirtual().name("registry-collect").start(() -> {
            while (true) {
                try {
                    TimeUnit.MILLISECONDS.sleep(pause.toMillis());
                    LOG.info("collected {}", collect());
                } catch (InterruptedException e) {
                    LOG.debug("no more collections", e);
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("cannot collect the registry's garbage", e);
                }
            }
        });
        return thread::interrupt;
    }
}
