package dev.priok.bench;

import java.util.Arrays;
import java.util.Locale;

/** Durations of one thing done many times, in nanoseconds. */
final class Samples {
    private final long[] nanos;

    /** Something to time. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private Samples(long[] nanos) {
        this.nanos = nanos.clone();
        Arrays.sort(this.nanos);
    }

    /** Times {@code work}, after as many uncounted runs as {@code warmUp}. */
    static Samples of(int warmUp, int runs, Work work) throws Exception {
        for (int i = 0; i < warmUp; i++) {
            work.run();
        }
        long[] nanos = new long[runs];
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            work.run();
            nanos[i] = System.nanoTime() - start;
        }
        return new Samples(nanos);
    }

    double medianMillis() {
        return nanos[nanos.length / 2] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p95 %.1f ms, min %.1f ms (%d runs)",
                medianMillis(),
                nanos[nanos.length * 95 / 100] / 1e6,
                nanos[0] / 1e6,
                nanos.length);
    }
}
