package dev.priok.e2e;

import java.util.function.BooleanSupplier;

/** Waits for something to become true, with a bound. */
final class Await {
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private Await() {}

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not become true in time");
            }
            TestDaemon.pause();
        }
    }
}
