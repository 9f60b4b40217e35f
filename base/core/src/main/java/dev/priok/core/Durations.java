package dev.priok.core;

import java.util.concurrent.atomic.LongAdder;

/** How often something was done and how long it took, counted in buckets. Any number of threads may add at once; nothing waits. */
public final class Durations {
    /** Upper bounds of the buckets in nanoseconds, from 10 us to 10 s; one more bucket has what took longer. */
    private static final long[] BOUNDS = bounds();

    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    public Durations() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    private static long[] bounds() {
        long[] bounds = new long[19];
        long decade = 10_000;
        for (int i = 0; i < bounds.length; i += 3) {
            bounds[i] = decade;
            if (i + 2 < bounds.length) {
                bounds[i + 1] = 2 * decade;
                bounds[i + 2] = 5 * decade;
            }
            decade *= 10;
        }
        return bounds;
    }

    /** Counts one that took so many nanoseconds. */
    public void add(long duration) {
        int bucket = 0;
        while (bucket < BOUNDS.length && duration > BOUNDS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(duration);
    }

    /** What was counted up to now. */
    public Snapshot snapshot() {
        long[] within = new long[buckets.length];
        long count = 0;
        for (int i = 0; i < buckets.length; i++) {
            count += buckets[i].sum();
            within[i] = count;
        }
        return new Snapshot(within, nanos.sum());
    }

    /** What was counted up to one instant. */
    public static final class Snapshot {
        private final long[] within;
        private final long nanos;

        private Snapshot(long[] within, long nanos) {
            this.within = within;
            this.nanos = nanos;
        }

        /** How many buckets have an upper bound. */
        public static int buckets() {
            return BOUNDS.length;
        }

        /** Upper bound of a bucket in nanoseconds. */
        public static long bound(int bucket) {
            return BOUNDS[bucket];
        }

        /** How many took no longer than {@link #bound}. */
        public long within(int bucket) {
            return within[bucket];
        }

        public long count() {
            return within[BOUNDS.length];
        }

        /** The sum of all. */
        public long nanos() {
            return nanos;
        }
    }
}
