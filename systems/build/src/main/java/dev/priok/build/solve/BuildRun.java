package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildRequest;
import dev.priok.build.Executor;
import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What the steps of one build share.
 *
 * @param contexts files that COPY and ADD take, by name; the build context has an empty one
 * @param agents of the client
 * @param scratch directory of this build alone, removed after it
 * @param slots how many steps of all builds work at once
 * @param flights steps of all builds that work now
 * @param caches where the directories of cache mounts live on
 */
record BuildRun(
        BuildRequest request,
        LayerStore store,
        StepCache cache,
        Executor executor,
        Map<String, ContextFiles> contexts,
        SshAgents agents,
        Path scratch,
        CacheMounts caches,
        Slots slots,
        Flights flights,
        Consumer<BuildEvent> events,
        InstantSource clock,
        RandomGenerator random) {
    /** The build context. */
    ContextFiles context() {
        return context("");
    }

    /** A named context. */
    ContextFiles context(String name) {
        ContextFiles found = contexts.get(name);
        if (found == null) {
            throw Failure.invalid("there is no build context %s", name);
        }
        return found;
    }

    String newId() {
        return ObjectId.random(random).hex();
    }
}
