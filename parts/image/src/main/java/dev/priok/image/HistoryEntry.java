package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.oci.image.History;
import java.util.List;
import java.util.Optional;

/**
 * A line of {@code docker history}.
 *
 * @param image the image that ended with this step, when it is stored here
 * @param tags its names
 * @param step what the configuration says of it
 * @param size bytes that the step's layer added
 */
public record HistoryEntry(Optional<Digest> image, List<ImageReference> tags, History step, long size) {}
