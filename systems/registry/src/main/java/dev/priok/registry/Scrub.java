package dev.priok.registry;

import dev.priok.content.Blob;
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
 * Reads every blob again and compares it with its name. One that is broken is moved aside and unlinked from every repository, so
 * that it is never handed out and the next push of its image, or a pull through a copy, brings it again; until then it is listed.
 */
public final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final String DONE = "scrub";

    private final Registry registry;
    private final InstantSource clock;
    private final long bytesPerSecond;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param bytesPerSecond how fast blobs are read at most, so that clients do not notice
     */
    public Scrub(Registry registry, InstantSource clock, long bytesPerSecond) {
        this.registry = registry;
        this.clock = clock;
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * What a scrub found.
     *
     * @param blobs that were read
     * @param bytes of them
     * @param broken digests
     */
    public record Report(int blobs, long bytes, List<Digest> broken) {}

    /** Reads all blobs once; a second call waits for the first. */
    public Report run() throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            int blobs = 0;
            long bytes = 0;
            var broken = new java.util.ArrayList<Digest>();
            for (Blob blob : registry.storage().blobs()) {
                if (check(blob)) {
                    broken.add(blob.digest());
                }
                blobs++;
                bytes += blob.size();
                TimeUnit.MILLISECONDS.sleep(blob.size() * 1000 / bytesPerSecond);
            }
            registry.catalog().noteDone(DONE, clock.instant());
            return new Report(blobs, bytes, List.copyOf(broken));
        } finally {
            turn.unlock();
        }
    }

    /** Whether it is broken; what is collected meanwhile is not. */
    private boolean check(Blob blob) throws IOException {
        if (registry.storage().verify(blob.digest())
                || registry.storage().size(blob.digest()).isEmpty()
                || !registry.storage().quarantine(blob.digest())) {
            return false;
        }
        List<RepositoryName> lost = registry.catalog().noteDamage(blob, clock.instant());
        lost.forEach(repository -> registry.damaged(repository, blob));
        LOG.error(
                "blob {} is broken and was moved aside; push again what needs it in {}",
                blob.digest(),
                lost.isEmpty() ? "no repository" : lost);
        return true;
    }

    /** When all blobs were read last. */
    public Optional<Instant> last() {
        return registry.catalog().done(DONE);
    }

    /** Scrubs again and again, also over restarts; close what is returned to end that. */
    public AutoCloseable every(Duration pause) {
        Thread thread = Thread.ofVirtual().name("registry-scrub").start(() -> {
            while (true) {
                try {
                    Instant due = last().orElseGet(clock::instant).plus(pause);
                    TimeUnit.MILLISECONDS.sleep(
                            Math.max(0, Duration.between(clock.instant(), due).toMillis()));
                    Report report = run();
                    LOG.info(
                            "{} blobs of {} bytes read, {} broken",
                            report.blobs(),
                            report.bytes(),
                            report.broken().size());
                } catch (InterruptedException e) {
                    LOG.debug("no more scrubs", e);
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("cannot read all blobs", e);
                    registry.catalog().noteDone(DONE, clock.instant());
                }
            }
        });
        return thread::interrupt;
    }
}
