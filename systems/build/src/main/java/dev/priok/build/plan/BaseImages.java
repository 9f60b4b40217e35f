package dev.priok.build.plan;

import dev.priok.core.Failure;
import dev.priok.core.Platform;
import java.util.Optional;

/** Finds the images that a Dockerfile names. */
public interface BaseImages {
    /**
     * Finds one image, here or, if the store can, in a registry.
     *
     * @param reference name or id as the Dockerfile has it
     * @param platform that is asked for
     * @throws Failure of kind NOT_FOUND when there is no such image
     */
    BaseImage resolve(String reference, Optional<Platform> platform);
}
