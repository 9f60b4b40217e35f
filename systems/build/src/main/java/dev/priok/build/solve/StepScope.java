package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.CancelSignal;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What one step knows besides its operation.
 *
 * @param id of the step
 * @param time in seconds that the step's files get, if not the true one
 * @param events takes what happens in it
 * @param cancel ends it
 */
record StepScope(BuildRun build, int id, OptionalLong time, Consumer<BuildEvent> events, CancelSignal cancel) {
    void tell(BuildEvent event) {
        events.accept(event);
    }

    /** The time of what the step makes, in seconds. */
    long nowSeconds() {
        return time.orElseGet(() -> build.clock().instant().getEpochSecond());
    }
}
