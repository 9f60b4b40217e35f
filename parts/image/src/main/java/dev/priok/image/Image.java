package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.oci.image.ImageConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image that is stored whole: its configuration and all its layers are there.
 *
 * @param id digest of the configuration
 * @param config the configuration, read
 * @param tags its names with a tag, sorted
 * @param digests {@code name@digest} of the manifests by which it was pulled or pushed, sorted
 * @param parent the image it was built on, when it was built here
 * @param children images that were built here on it
 * @param size bytes of all its layers
 * @param lastTagged when it last got a tag
 */
public record Image(
        Digest id,
        ImageConfig config,
        List<ImageReference> tags,
        List<ImageReference> digests,
        Optional<Digest> parent,
        List<Digest> children,
        long size,
        Optional<Instant> lastTagged) {
    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        children = List.copyOf(children);
    }

    /** Whether no name is left. */
    public boolean dangling() {
        return tags.isEmpty() && digests.isEmpty();
    }

    /** When it was made; the epoch when it does not say. */
    public Instant created() {
        return config.createdAt().orElse(Instant.EPOCH);
    }
}
