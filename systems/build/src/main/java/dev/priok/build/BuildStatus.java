package dev.priok.build;

import dev.priok.core.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happens in a build, step by step and as it happens: several steps at once. A step is a <em>vertex</em> of the graph,
 * named by the digest of its definition, as in BuildKit's status stream.
 *
 * @see <a href="https://github.com/moby/buildkit/blob/master/api/services/control/control.proto">StatusResponse</a>
 */
public sealed interface BuildStatus {
    /**
     * A step as it is now; told again each time this changes.
     *
     * @param digest of its definition and all definitions that it needs
     * @param inputs the steps that it needs
     * @param name for people: {@code [builder 2/5] RUN make}
     * @param started when work on it began
     * @param completed when it ended, well or not
     * @param cached whether its result was known
     * @param error why it failed, or empty
     */
    record Vertex(
            Digest digest,
            List<Digest> inputs,
            String name,
            Optional<Instant> started,
            Optional<Instant> completed,
            boolean cached,
            String error)
            implements BuildStatus {
        public Vertex {
            inputs = List.copyOf(inputs);
        }
    }

    /**
     * How far a part of a step is.
     *
     * @param vertex the step
     * @param id of the part: a layer, a download
     * @param name what is done
     * @param current units done
     * @param total units in all, 0 when unknown
     */
    record Progress(Digest vertex, String id, String name, long current, long total) implements BuildStatus {}

    /** Text that the process of a step wrote; a character is never split between two. */
    record Log(Digest vertex, BuildEvent.Channel channel, String text) implements BuildStatus {}

    /**
     * Why a step runs although one like it ran before.
     *
     * @param reason a sentence for people
     */
    record NotCached(Digest vertex, String reason) implements BuildStatus {}

    /** Something for the author of the Dockerfile. */
    record Warning(String text) implements BuildStatus {}
}
