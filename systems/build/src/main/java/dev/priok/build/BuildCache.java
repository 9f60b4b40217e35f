package dev.priok.build;

import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The results that the builder remembers. The layers that they name are kept from collection until they are removed here. */
public interface BuildCache {
    /** Everything in the cache, what was not used for the longest time first. */
    List<Entry> entries();

    /**
     * Forgets results, and removes the layers that nothing else needs; blocks while it does.
     *
     * @return what it gave back
     */
    Pruned prune(Predicate<Entry> which) throws IOException;

    /**
     * Forgets the oldest results until what is left takes no more than so much; what images hold too is not counted.
     *
     * @param which may be forgotten
     * @param keepBytes that may stay
     * @return what it gave back
     */
    Pruned shrink(Predicate<Entry> which, long keepBytes) throws IOException;

    /**
     * What a {@link #prune} came to.
     *
     * @param keys of the forgotten results
     * @param bytes that were given back
     */
    record Pruned(List<Digest> keys, long bytes) {
        public Pruned {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A remembered result.
     *
     * @param key of the step
     * @param chain the layers up to the one that the step made; empty when it made none
     * @param description the step, as in an image's history
     * @param created when it was done
     * @param lastUsed when it was last done or found
     * @param uses how often it was found
     * @param bytes of the layer that the step made, or of the directory of a cache mount
     * @param type {@code regular}, or {@code exec.cachemount} for the directory of a cache mount
     * @param inUse whether a build uses it now
     * @param inImage whether an image has the layer too, or there is none, so that forgetting it gives nothing back
     */
    record Entry(
            Digest key,
            Optional<ChainId> chain,
            String description,
            Instant created,
            Instant lastUsed,
            int uses,
            long bytes,
            String type,
            boolean inUse,
            boolean inImage) {
        /** The type of what steps came to. */
        public static final String REGULAR = "regular";

        /** The type of the directories of cache mounts. */
        public static final String CACHE_MOUNT = "exec.cachemount";
    }
}
