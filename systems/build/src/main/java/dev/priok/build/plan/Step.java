package dev.priok.build.plan;

import dev.priok.build.dockerfile.SourceRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * One node of the plan's graph. Its edges are {@link #parent}, whose root file system it starts with, and the steps that
 * its operation copies from.
 *
 * @param id its index in the plan; every step that it needs has a smaller one
 * @param stage name of its stage, or its index; empty for what belongs to none
 * @param number in what is shown, or nothing for steps that are not
 * @param text the instruction, for people
 * @param lines where the instruction stands
 * @param after what the image says after this step
 * @param history the step in the image's history; the digest of copied files is added to it
 * @param triggers how many triggers follow, for a step that begins a stage
 */
public record Step(
        int id,
        String stage,
        OptionalInt number,
        String text,
        SourceRange lines,
        OptionalInt parent,
        Operation operation,
        ImageState after,
        String history,
        int triggers) {

    /** The steps whose results this one looks into, besides its parent; sorted, each once. */
    public List<Integer> sources() {
        return switch (operation) {
            case Operation.Copy copy ->
                copy.sources().stream()
                        .flatMap(s -> s instanceof Operation.CopySource.FromStep(int from, var _)
                                ? Stream.of(from)
                                : Stream.empty())
                        .distinct()
                        .sorted()
                        .toList();
            case Operation.Run run ->
                run.mounts().stream()
                        .flatMap(mount -> mount.step().stream())
                        .distinct()
                        .sorted()
                        .toList();
            default -> List.of();
        };
    }

    /** The image that this step begins with, if it begins with one. */
    public Optional<BaseImage> base() {
        return operation instanceof Operation.Start(var base) ? base : Optional.empty();
    }
}
