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
 * @param builtHere when it was built or came, by this machine's clock, for an image that tells no time of its own
 */
public record Image(
        Digest id,
        ImageConfig config,
        List<ImageReference> tags,
        List<ImageReference> digests,
        Optional<Digest> parent,
        List<Digest> children,
        long size,
        Optional<Instant> lastTagged,
        Optional<Instant> builtHere) {
    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        children = List.copyOf(children);
    }

    /** An image that tells its own time. */
    public Image(
            Digest id,
            ImageConfig config,
            List<ImageReference> tags,
            List<ImageReference> digests,
            Optional<Digest> parent,
            List<Digest> children,
            long size,
            Optional<Instant> lastTagged) {
        this(id, config, tags, digests, parent, children, size, lastTagged, Optional.empty());
    }

    /** Whether no name is left. */
    public boolean dangling() {
        return tags.isEmpty() && digests.isEmpty();
    }

    /**
     * When it was made: here, when a reproducible build made it, whose own time says nothing; the epoch when nothing is known.
     */
    public Instant created() {
        return builtHere.or(config::createdAt).orElse(Instant.EPOCH);
    }
}
