package dev.priok.build.plan;

import java.util.List;

/**
 * All that a build does.
 *
 * @param steps in an order in which they can be done one after the other
 * @param total how many of them are shown
 * @param result id of the step whose result is the image
 * @param warnings for the author of the Dockerfile
 */
public record BuildPlan(List<Step> steps, int total, int result, List<String> warnings) {
    public BuildPlan {
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
    }
}
