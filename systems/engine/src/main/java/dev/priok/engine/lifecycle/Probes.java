package dev.priok.engine.lifecycle;

import dev.priok.engine.ContainerState.Health;
import dev.priok.engine.Healthcheck;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Begins the watching over the health of containers that have a check. */
final class Probes {
    private final Machine machine;
    private final ExecSessions execs;
    private final Consumer<Container> whenUnhealthy;

    Probes(Machine machine, ExecSessions execs, Consumer<Container> whenUnhealthy) {
        this.machine = machine;
        this.execs = execs;
        this.whenUnhealthy = whenUnhealthy;
    }

    /** The health that a run begins with; null without a check. */
    @Nullable
    Health initial(Container container) {
        return checks(container.definition().spec().healthcheck()) ? new Health("starting", 0, List.of()) : null;
    }

    private static boolean checks(@Nullable Healthcheck check) {
        return check != null
                && !check.test().isEmpty()
                && !check.test().getFirst().equals("NONE");
    }

    /** Begins; call it with the container's lock held. */
    void begin(Container container, Run run) {
        Healthcheck check = container.definition().spec().healthcheck();
        if (check != null && checks(check)) {
            HealthMonitor monitor = new HealthMonitor(machine, execs, container, run, check, whenUnhealthy);
            run.health = monitor;
            monitor.begin();
        }
    }
}
