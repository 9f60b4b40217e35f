package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.util.Set;

/**
 * What must not be collected although no image names it: a build cache's layers, a registry's blobs.
 *
 * @param blobs digests of blobs
 * @param chains chains of layers
 */
public record Roots(Set<Digest> blobs, Set<ChainId> chains) {
    public static final Roots NONE = new Roots(Set.of(), Set.of());

    public Roots {
        blobs = Set.copyOf(blobs);
        chains = Set.copyOf(chains);
    }
}
