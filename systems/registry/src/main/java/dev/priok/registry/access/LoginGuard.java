package dev.priok.registry.access;

import dev.priok.registry.RegistryError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes guessing slow: after a few wrong passwords an address waits, each time twice as long. */
public final class LoginGuard {
    /** Typing errors of a person. */
    private static final int FREE_FAILURES = 3;

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /** Addresses that are remembered; the one that failed longest ago is forgotten first. */
    private static final int ADDRESSES = 10_000;

    private record Failures(int count, Instant until) {}

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ADDRESSES;
        }
    };

    public LoginGuard(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Refuses an address that has to wait.
     *
     * @throws RegistryError TOOMANYREQUESTS
     */
    synchronized void check(String address) {
        Failures known = failures.get(address);
        if (known != null && clock.instant().isBefore(known.until())) {
            throw RegistryError.tooMany(Duration.between(clock.instant(), known.until()), "too many wrong passwords");
        }
    }

    synchronized void failed(String address) {
        int count = failures.getOrDefault(address, new Failures(0, Instant.MIN)).count() + 1;
        Duration wait = Duration.ZERO;
        if (count > FREE_FAILURES) {
            int doublings = Math.min(count - FREE_FAILURES - 1, 20);
            wait = FIRST_WAIT.multipliedBy(1L << doublings);
            wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }
        failures.put(address, new Failures(count, clock.instant().plus(wait)));
    }

    synchronized void succeeded(String address) {
        failures.remove(address);
    }
}
