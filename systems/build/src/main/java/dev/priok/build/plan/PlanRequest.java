package dev.priok.build.plan;

import dev.priok.core.Platform;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a build's request shapes its plan.
 *
 * @param target stage to build, by name or index
 * @param buildArgs values for ARG
 * @param labels for the image
 * @param platform to build for
 * @param hostNetworkAllowed whether {@code RUN --network=host} may be
 * @param insecureAllowed whether {@code RUN --security=insecure} may be
 * @param images named contexts that are images: reference by name
 * @param contexts names of those that are files
 */
public record PlanRequest(
        Optional<String> target,
        Map<String, String> buildArgs,
        Map<String, String> labels,
        Optional<Platform> platform,
        boolean hostNetworkAllowed,
        boolean insecureAllowed,
        Map<String, String> images,
        Set<String> contexts) {
    public PlanRequest {
        images = Map.copyOf(images);
        contexts = Set.copyOf(contexts);
    }
}
