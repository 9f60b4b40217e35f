package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;

/** One consequence of a removal, in the order in which it happened. */
public sealed interface Removed {
    /** A name is gone. */
    record Untagged(ImageReference name, Digest image) implements Removed {}

    /** An image is gone. */
    record Deleted(Digest image) implements Removed {}

    /** A layer that nothing else used is gone; named by its chain id. */
    record LayerDeleted(Digest chainId) implements Removed {}
}
