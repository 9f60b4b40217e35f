package dev.priok.build;

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
}
