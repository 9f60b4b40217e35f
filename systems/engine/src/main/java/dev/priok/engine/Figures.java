package dev.priok.engine;

import dev.priok.core.Durations;
import java.util.List;

/**
 * What an engine counted of itself; neither counting nor reading it walks over a disk.
 *
 * @param phases of making and starting containers, in the order in which they come
 * @param stores what is kept
 * @param collections of layers and blobs that nothing needs
 */
public record Figures(List<Phase> phases, List<Store> stores, Collections collections) {
    public Figures {
        phases = List.copyOf(phases);
        stores = List.copyOf(stores);
    }

    /**
     * A part of an action.
     *
     * @param action {@code create}, {@code start} or {@code exec}
     * @param name in lower case
     * @param durations since the daemon's start
     */
    public record Phase(String action, String name, Durations.Snapshot durations) {}

    /**
     * One kind of thing that is kept.
     *
     * @param name {@code blobs}, {@code layers}, {@code unnamed_layers} (those that no image has: the build cache's),
     *     {@code snapshots}, {@code volumes}
     * @param count how many
     * @param bytes what they take; {@link #UNKNOWN} where only a walk could tell. Of volumes what was measured last
     */
    public record Store(String name, long count, long bytes) {
        /** Nobody counts that. */
        public static final long UNKNOWN = -1;
    }

    /**
     * Collections since the daemon's start.
     *
     * @param durations of each
     * @param bytes given back by all
     */
    public record Collections(Durations.Snapshot durations, long bytes) {}
}
