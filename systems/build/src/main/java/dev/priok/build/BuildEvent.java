package dev.priok.build;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import java.util.List;

/** One thing that happened in a build, in the order in which it happened. */
public sealed interface BuildEvent {
    /**
     * An instruction is looked at: {@code Step 2/7 : RUN make}.
     *
     * @param number of the instruction, from 1
     * @param total instructions that this build looks at
     * @param text the instruction as written, continuation lines joined
     */
    record StepStarted(int number, int total, String text) implements BuildEvent {}

    /** The result of the current step was found in the cache. */
    record StepCached() implements BuildEvent {}

    /** The current step is not looked at: what is taken from it is known already. */
    record StepSkipped() implements BuildEvent {}

    /** {@code count} ONBUILD triggers of the base image run after this FROM. */
    record TriggersStarted(int count) implements BuildEvent {}

    /** The current step runs in a temporary container, or a temporary image is changed, under this id (64 hexadecimal characters). */
    record RunningIn(String id) implements BuildEvent {}

    /**
     * Text from the process of the current step; a character is never split between two events.
     *
     * @param channel where the process wrote it
     * @param text at most some tens of KiB
     */
    record Output(Channel channel, String text) implements BuildEvent {}

    /** The temporary container of the current step is gone. */
    record Removed(String id) implements BuildEvent {}

    /** The current step ended; the image would have this id if the build ended here. */
    record Committed(Digest imageId) implements BuildEvent {}

    /** The root file system of the step that failed is kept as an image, until somebody removes it. */
    record FailureKept(Digest imageId) implements BuildEvent {}

    /**
     * How far the pull of a base image, or of one layer of it, is.
     *
     * @param id short id of the layer, or the tag; may be empty
     * @param status in Docker's words
     * @param current bytes so far
     * @param total bytes in all, 0 when unknown
     */
    record Pulling(String id, String status, long current, long total) implements BuildEvent {}

    /** Something that does not stop the build, and that the author of the Dockerfile wants to know. */
    record Warning(String text) implements BuildEvent {}

    /** The last event of a build. */
    sealed interface Ended extends BuildEvent {}

    /** The image exists, and all tags point to it. */
    record Done(Digest imageId, List<ImageReference> tags) implements Ended {
        public Done {
            tags = List.copyOf(tags);
        }
    }

    /**
     * There is no image.
     *
     * @param kind class of the failure; a failed RUN command is {@link Failure.Kind#INVALID}
     * @param message for people, in Docker's words
     * @param exitCode of the command that failed, 1 for every other failure
     */
    record Failed(Failure.Kind kind, String message, int exitCode) implements Ended {}

    /** The two outputs of a process. */
    enum Channel {
        STDOUT,
        STDERR
    }
}
