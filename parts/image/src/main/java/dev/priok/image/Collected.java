package dev.priok.image;

import dev.priok.core.Digest;
import java.util.List;

/**
 * What a collection removed.
 *
 * @param layers by chain id
 * @param blobs by digest
 * @param bytes given back: of layers and blobs
 */
public record Collected(List<Digest> layers, List<Digest> blobs, long bytes) {
    public Collected {
        layers = List.copyOf(layers);
        blobs = List.copyOf(blobs);
    }
}
