package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildRequest;
import dev.priok.build.Executor;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.core.ObjectId;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What the steps of one build share.
 *
 * @param context files that COPY and ADD take, ignored ones gone
 * @param ignored why files may be missing in it
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
        SpooledTree context,
        IgnoreRules ignored,
        Path scratch,
        CacheMounts caches,
        Slots slots,
        Flights flights,
        Consumer<BuildEvent> events,
        InstantSource clock,
        RandomGenerator random) {
    String newId() {
        return ObjectId.random(random).hex();
    }
}
