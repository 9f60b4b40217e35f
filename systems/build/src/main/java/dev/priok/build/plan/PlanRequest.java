package dev.priok.build.plan;

import dev.priok.core.Platform;
import java.util.Map;
import java.util.Optional;

/**
 * What of a build's request shapes its plan.
 *
 * @param target stage to build, by name or index
 * @param buildArgs values for ARG
 * @param labels for the image
 * @param platform to build for
 * @param hostNetworkAllowed whether {@code RUN --network=host} may be
 */
public record PlanRequest(
        Optional<String> target,
        Map<String, String> buildArgs,
        Map<String, String> labels,
        Optional<Platform> platform,
        boolean hostNetworkAllowed) {}
