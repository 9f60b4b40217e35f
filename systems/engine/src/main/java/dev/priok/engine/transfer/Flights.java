package dev.priok.engine.transfer;

import dev.priok.core.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Blobs that are being downloaded: who wants one that somebody else fetches, waits for it instead of fetching it again. */
final class Flights {
    private final Map<Digest, Flight> flying = new ConcurrentHashMap<>();

    /** A download that its owner ends by closing it, whatever became of it. */
    final class Flight implements AutoCloseable {
        private final Digest digest;
        private final CountDownLatch ended = new CountDownLatch(1);

        private Flight(Digest digest) {
            this.digest = digest;
        }

        @Override
        public void close() {
            flying.remove(digest, this);
            ended.countDown();
        }
    }

    /** Takes a blob on, or waits until who has it on is done; empty then: look whether it is there now. */
    Optional<Flight> begin(Digest digest) throws InterruptedException {
        Flight mine = new Flight(digest);
        Flight other = flying.putIfAbsent(digest, mine);
        if (other == null) {
            return Optional.of(mine);
        }
        other.ended.await();
        return Optional.empty();
    }
}
