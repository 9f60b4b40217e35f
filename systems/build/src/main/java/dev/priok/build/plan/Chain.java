package dev.priok.build.plan;

import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.util.ArrayList;
import java.util.List;

/**
 * A root file system as the layers that make it, the lowest first.
 *
 * @param diffIds digests of the uncompressed layers
 */
public record Chain(List<Digest> diffIds) {
    /** An empty root file system. */
    public static final Chain EMPTY = new Chain(List.of());

    public Chain {
        diffIds = List.copyOf(diffIds);
    }

    /** This chain with one more layer on top. */
    public Chain with(Digest diffId) {
        List<Digest> more = new ArrayList<>(diffIds);
        more.add(diffId);
        return new Chain(more);
    }

    /** The name of all layers together. */
    public ChainId id() {
        return ChainId.of(diffIds);
    }
}
