package dev.priok.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How long the phases of some work take, over all the times that it was done. A phase begins where the one before it ended:
 * {@snippet :
 * PhaseTimes<Phase>.Watch watch = times.start();
 * prepare();
 * watch.ended(Phase.PREPARE);
 * }
 * A phase that fails is not counted.
 */
public final class PhaseTimes<P extends Enum<P>> {
    private final Map<P, Durations> durations;

    public PhaseTimes(Class<P> phases) {
        durations = new EnumMap<>(phases);
        for (P phase : phases.getEnumConstants()) {
            durations.put(phase, new Durations());
        }
    }

    /** The durations of each phase, in the order of the phases. */
    public Map<P, Durations> durations() {
        return Collections.unmodifiableMap(durations);
    }

    /** Begins the first phase of one piece of work. */
    public Watch start() {
        return new Watch();
    }

    /** Times one piece of work, in one thread. */
    public final class Watch {
        private long from = System.nanoTime();

        private Watch() {}

        /** Ends a phase, and begins the next. */
        public void ended(P phase) {
            long now = System.nanoTime();
            Objects.requireNonNull(durations.get(phase)).add(now - from);
            from = now;
        }

        /** Begins the next phase; what went by since the last belongs to none. */
        public void skip() {
            from = System.nanoTime();
        }
    }
}
