package dev.priok.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseTimesTest {
    private enum Phase {
        FIRST,
        SECOND
    }

    @Test
    void durations_areInTheBucketsOfTheirSize() {
        Durations durations = new Durations();
        for (long nanos : new long[] {0, 10_000, 10_001, 5_000_000_000L, 10_000_000_000L, 10_000_000_001L}) {
            durations.add(nanos);
        }
        Durations.Snapshot now = durations.snapshot();
        int last = Durations.Snapshot.buckets() - 1;
        assertEquals(10_000, Durations.Snapshot.bound(0));
        assertEquals(20_000, Durations.Snapshot.bound(1));
        assertEquals(50_000, Durations.Snapshot.bound(2));
        assertEquals(10_000_000_000L, Durations.Snapshot.bound(last));
        assertEquals(
                List.of(2L, 3L, 3L, 4L, 5L, 6L),
                List.of(
                        now.within(0),
                        now.within(1),
                        now.within(last - 2),
                        now.within(last - 1),
                        now.within(last),
                        now.count()));
        assertEquals(25_000_020_002L, now.nanos());
    }

    @Test
    void watch_countsEachPhaseOnItsOwn() {
        PhaseTimes<Phase> times = new PhaseTimes<>(Phase.class);
        long begun = System.nanoTime();
        PhaseTimes<Phase>.Watch watch = times.start();
        watch.ended(Phase.FIRST);
        watch.skip();
        watch.ended(Phase.SECOND);
        times.start().ended(Phase.FIRST);
        long whole = System.nanoTime() - begun;
        assertEquals(
                List.of(Phase.FIRST, Phase.SECOND),
                List.copyOf(times.durations().keySet()));
        Durations.Snapshot first = times.durations().get(Phase.FIRST).snapshot();
        Durations.Snapshot second = times.durations().get(Phase.SECOND).snapshot();
        assertEquals(2, first.count());
        assertEquals(1, second.count());
        assertTrue(first.nanos() + second.nanos() <= whole);
    }
}
