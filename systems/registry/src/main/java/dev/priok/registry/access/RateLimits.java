package dev.priok.registry.access;

import dev.priok.registry.RegistryError;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** How many requests an address, and a user, may make: a bucket for each that fills at a steady rate. */
public final class RateLimits {
    /** Callers that are remembered for each limit; the one that was away longest is forgotten, and has a full bucket again. */
    private static final int CALLERS = 50_000;

    private static final double NANOS = 1e9;

    /**
     * A limit.
     *
     * @param perSecond requests per second in the long run
     * @param burst requests at once
     */
    public record Limit(double perSecond, double burst) {
        public Limit {
            if (!(perSecond > 0) || !(burst >= 1)) {
                throw new IllegalArgumentException(
                        "a rate limit needs more than 0 requests per second and a burst of at least 1: %s per second, %s"
                                .formatted(perSecond, burst));
            }
        }
    }

    private static final class Bucket {
        private double left;
        private long at;

        Bucket(double left, long at) {
            this.left = left;
            this.at = at;
        }
    }

    private static final class Buckets {
        private final Limit limit;
        private final Map<String, Bucket> byCaller = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > CALLERS;
            }
        };

        Buckets(Limit limit) {
            this.limit = limit;
        }

        /** Takes one request; the wait until there is one when there is none. */
        synchronized Optional<Duration> take(String caller, long now) {
            Bucket bucket = byCaller.computeIfAbsent(caller, _ -> new Bucket(limit.burst(), now));
            bucket.left = Math.min(limit.burst(), bucket.left + (now - bucket.at) / NANOS * limit.perSecond());
            bucket.at = now;
            if (bucket.left >= 1) {
                bucket.left--;
                return Optional.empty();
            }
            return Optional.of(Duration.ofNanos((long) ((1 - bucket.left) / limit.perSecond() * NANOS)));
        }
    }

    private final Optional<Buckets> addresses;
    private final Optional<Buckets> users;
    private final LongSupplier nanos;
    private final LongAdder refused = new LongAdder();

    /**
     * @param address for each address of a client; empty for none
     * @param user for each user that is known; empty for none
     * @param nanos a clock that only goes forward, in nanoseconds
     */
    public RateLimits(Optional<Limit> address, Optional<Limit> user, LongSupplier nanos) {
        this.addresses = address.map(Buckets::new);
        this.users = user.map(Buckets::new);
        this.nanos = nanos;
    }

    /** No limits. */
    public static RateLimits none() {
        return new RateLimits(Optional.empty(), Optional.empty(), System::nanoTime);
    }

    /**
     * Counts a request of an address, before anything else is done for it.
     *
     * @throws RegistryError TOOMANYREQUESTS with the time to wait
     */
    public void checkAddress(String address) {
        addresses.ifPresent(buckets -> check(buckets, address));
    }

    /**
     * Counts a request of a user.
     *
     * @throws RegistryError TOOMANYREQUESTS with the time to wait
     */
    public void checkUser(Caller caller) {
        if (!caller.isAnonymous()) {
            users.ifPresent(buckets -> check(buckets, caller.name()));
        }
    }

    private void check(Buckets buckets, String caller) {
        Optional<Duration> wait = buckets.take(caller, nanos.getAsLong());
        if (wait.isPresent()) {
            refused.increment();
            throw RegistryError.tooMany(wait.get(), "too many requests by " + caller);
        }
    }

    /** Requests that were refused. */
    public long refused() {
        return refused.sum();
    }
}
