package dev.priok.build.solve;

import dev.priok.core.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What steps came to, by their key. Safe for several builds at once. */
interface StepCache {
    /** What a step with this key came to. */
    Optional<Hit> find(Digest key);

    /** Remembers results, replacing older ones; all of them or none. */
    void put(List<Entry> entries);

    /**
     * What a step came to.
     *
     * @param diffId its layer, or nothing when it made none
     * @param created when it was done
     */
    record Hit(Optional<Digest> diffId, Instant created) {}

    /**
     * A result to remember.
     *
     * @param description for people
     * @param chain name of the parent's layers and the new one together, when there is a new one
     */
    record Entry(Digest key, Hit hit, Optional<Digest> chain, String description) {}
}
