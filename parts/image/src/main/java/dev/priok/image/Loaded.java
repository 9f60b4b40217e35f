package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import java.util.List;

/**
 * An image that an archive held.
 *
 * @param image its id
 * @param tags the names that the archive gave it
 */
public record Loaded(Digest image, List<ImageReference> tags) {
    public Loaded {
        tags = List.copyOf(tags);
    }
}
