package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import java.util.List;
import java.util.Map;

/**
 * An image that an archive held.
 *
 * @param image its id
 * @param tags the names that the archive gave it
 * @param before images that had these names until now, and have lost them
 */
public record Loaded(Digest image, List<ImageReference> tags, Map<ImageReference, Digest> before) {
    public Loaded {
        tags = List.copyOf(tags);
        before = Map.copyOf(before);
    }
}
