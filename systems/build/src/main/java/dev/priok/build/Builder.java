package dev.priok.build;

import dev.priok.build.solve.LayerBuilder;
import java.io.IOException;
import java.util.function.Consumer;

/** Turns a Dockerfile and its context into an image. Safe for use by several builds at once. */
public interface Builder {
    /**
     * Runs one build to its end; blocks until then. Whatever goes wrong is told as a {@link BuildEvent.Failed}, never
     * thrown, and leaves neither a container nor a half-made layer behind.
     *
     * @param events is called in order, never by two threads at once; what it throws ends the build
     * @return the last event, which {@code events} got too
     */
    BuildEvent.Ended build(BuildRequest request, Consumer<BuildEvent> events);

    /**
     * Looks at a Dockerfile and says what could be better; runs nothing and fetches nothing.
     *
     * @throws dev.priok.core.Failure of kind INVALID when there is none in the context or it cannot be parsed
     */
    CheckReport check(BuildRequest request) throws IOException;

    /**
     * Looks into the layers of an image.
     *
     * @param image name or id
     * @throws dev.priok.core.Failure of kind NOT_FOUND when there is none
     */
    ImageAnalysis analyze(String image) throws IOException;

    /** What the builder remembers from build to build. */
    BuildCache cache();

    /** The builds of the last time. */
    BuildHistory history();

    /**
     * Opens the builder over the daemon's images and layers; one for each data root.
     *
     * @throws IOException when its directory cannot be made or cleaned
     */
    static Builder open(BuilderParts parts) throws IOException {
        return LayerBuilder.open(parts);
    }
}
