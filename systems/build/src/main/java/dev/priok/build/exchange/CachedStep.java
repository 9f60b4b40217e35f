package dev.priok.build.exchange;

import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.time.Instant;
import java.util.Optional;

/**
 * What one step came to, as builders tell each other.
 *
 * @param key of the contents that it was done on
 * @param definition that led to it, when there is one
 * @param parent name of the layers that it was done on
 * @param diffId its layer, or nothing when it made none
 * @param created when it was done
 * @param description the step, as in an image's history
 */
public record CachedStep(
        Digest key,
        Optional<Digest> definition,
        String parent,
        Optional<Digest> diffId,
        Instant created,
        String description) {
    /** The layers that it was done on. */
    public ChainId below() {
        return parent.equals(ChainId.SCRATCH.toString()) ? ChainId.SCRATCH : ChainId.of(Digest.parse(parent));
    }

    /** The layers after it. */
    public ChainId chain() {
        return diffId.map(below()::with).orElseGet(this::below);
    }
}
