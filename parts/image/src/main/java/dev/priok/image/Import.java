package dev.priok.image;

import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import java.util.List;
import java.util.Optional;

/**
 * How a root file system becomes an image.
 *
 * @param name what to call it
 * @param changes Dockerfile instructions for its configuration ({@code CMD}, {@code ENV} ...)
 * @param message the comment of its history
 * @param platform what it runs on
 */
public record Import(Optional<ImageReference> name, List<String> changes, String message, Platform platform) {
    public Import {
        changes = List.copyOf(changes);
    }
}
