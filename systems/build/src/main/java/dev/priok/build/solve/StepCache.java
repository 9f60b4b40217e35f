package dev.priok.build.solve;

import dev.priok.build.plan.Chain;
import dev.priok.core.Digest;
import dev.priok.oci.image.History;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What steps came to, by two keys: one of the contents that a step was done on, and one of its definition, by which it is found
 * without looking at contents. Safe for several builds at once.
 */
interface StepCache {
    /** What a step with this key of contents came to. */
    Optional<Hit> find(Digest key);

    /**
     * What a step with this definition came to, on a root file system.
     *
     * @param parent name of that root file system
     */
    Optional<Found> findDefinition(Digest definition, String parent);

    /**
     * What a step came to in an image that came about by the same steps.
     *
     * @param parent that it is done on
     * @param before the steps before it
     * @param step as it will be in the history
     */
    default Optional<Hit> findHistory(Chain parent, List<History> before, String step) {
        return Optional.empty();
    }

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
     * What was found by a definition.
     *
     * @param key of contents by which it is remembered
     * @param description the step, as in an image's history
     */
    record Found(Digest key, Hit hit, String description) {}

    /**
     * A result to remember.
     *
     * @param key of contents
     * @param definition that led to it, when there is one
     * @param parent name of the layers that it was done on
     * @param chain name of the parent's layers and the new one together, when there is a new one
     * @param description for people
     */
    record Entry(
            Digest key,
            Optional<Digest> definition,
            String parent,
            Hit hit,
            Optional<Digest> chain,
            String description) {}
}
