package dev.priok.engine.lifecycle;

import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.EngineConfig;
import dev.priok.engine.EngineParts;
import dev.priok.engine.Upkeep;
import dev.priok.engine.device.DeviceRequests;
import dev.priok.engine.events.EventLog;
import dev.priok.engine.spec.HostFeatures;
import dev.priok.engine.state.EngineStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What all that happens to containers works with.
 *
 * @param devices finds devices that requests name
 * @param phases counts how long things take
 * @param background runs what may block, each in a virtual thread
 * @param timer starts delayed work; it only hands over to {@code background}
 */
public record Machine(
        EngineConfig config,
        EngineParts parts,
        EngineStore store,
        EventLog events,
        HostFeatures host,
        DeviceRequests devices,
        Phases phases,
        ExecutorService background,
        ScheduledExecutorService timer) {
    public Instant now() {
        return parts.clock().instant();
    }

    /** How a container is kept up: what it says itself, its labels, this engine; complete. */
    public Upkeep upkeep(ContainerSpec spec) {
        return spec.host()
                .upkeep()
                .or(ofLabels(spec))
                .or(config.containers().upkeep())
                .or(Upkeep.BUILT_IN);
    }

    /** Labels are checked at create; a container that was made before that says nothing by wrong ones. */
    private static Upkeep ofLabels(ContainerSpec spec) {
        try {
            return Upkeep.ofLabels(spec.labels());
        } catch (Failure _) {
            return Upkeep.UNSAID;
        }
    }

    /** Tells what happened. */
    public void publish(String type, String action, String id, Map<String, String> attributes) {
        events.publish(new Event(type, action, id, attributes, now()));
    }

    /** Runs {@code work} later, in a thread of its own; nothing happens once the engine is closed. */
    public Future<?> later(Duration delay, Runnable work) {
        return timer.schedule(() -> run(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs {@code work} in a thread of its own; false, and nothing happens, once the engine is closed. */
    public boolean run(Runnable work) {
        try {
            background.execute(work);
            return true;
        } catch (RejectedExecutionException _) {
            // The engine is closing; whoever opens the next one finds what is left to do.
            return false;
        }
    }
}
