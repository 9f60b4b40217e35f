package dev.priok.registry;

import dev.priok.core.Digest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
    private final Instant started;
    private final ReentrantLock turn = new ReentrantLock();

    /** Removes blobs that nothing links. */
    @FunctionalInterface
    public interface Sweep {
        void run() throws IOException;
    }

    /**
     * @param removeUntagged whether manifests that nothing names go too
     */
    public GarbageCollection(Registry registry, Sweep sweep, InstantSource clock, boolean removeUntagged) {
        this.registry = registry;
        this.sweep = sweep;
        this.clock = clock;
        this.removeUntagged = removeUntagged;
        this.started = clock.instant();
    }

    /**
     * What a collection removed.
     *
     * @param manifests that nothing named
     * @param links of blobs that no manifest needed
     * @param repositories in which nothing was left
     */
    public record Collected(int manifests, int links, int repositories) {}

    /** Collects once; a second call waits for the first. */
    public Collected collect() throws IOException {
        turn.lock();
        try {
            registry.savePulls();
            registry.expireUploads();
            Instant then = clock.instant().minus(registry.settings().grace());
            int manifests = 0;
            int links = 0;
            int repositories = 0;
            // What clients were told before this process began is not known: their grace must have passed too.
            boolean known = !started.isAfter(then);
            String last = "";
            List<RepositoryName> names = registry.catalog().repositories(last, STEP);
            while (!names.isEmpty()) {
                for (RepositoryName name : names) {
                    manifests += removeUntagged ? manifests(name, then) : 0;
                    links += known ? links(name, then) : 0;
                    repositories += registry.catalog().removeIfEmpty(name) ? 1 : 0;
                    last = name.text();
                }
                names = registry.catalog().repositories(last, STEP);
            }
            sweep.run();
            return new Collected(manifests, links, repositories);
        } finally {
            turn.unlock();
        }
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
