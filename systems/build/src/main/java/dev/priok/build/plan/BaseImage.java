package dev.priok.build.plan;

import dev.priok.core.Digest;
import dev.priok.oci.image.ImageConfig;

/**
 * An image that a stage begins with or that files are copied from.
 *
 * @param id digest of its configuration
 * @param config its configuration
 */
public record BaseImage(Digest id, ImageConfig config) {
    /** Its root file system. */
    public Chain chain() {
        return new Chain(config.rootfs().parsedDiffIds());
    }

    /** What it says about itself. */
    public ImageState state() {
        return new ImageState(config.config(), config.author());
    }
}
