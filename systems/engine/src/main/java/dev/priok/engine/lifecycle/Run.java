package dev.priok.engine.lifecycle;

import dev.priok.cgroup.Cgroup;
import dev.priok.logs.OutputPump;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One run of a container, from the start of its first process until everything of it has been dealt with. */
final class Run {
    final RuntimeProcess process;
    final Optional<Cgroup> cgroup;
    final OutputPump.Pumped pumped;
    final Instant startedAt;

    /** Completes when the end was published and persisted. */
    final CompletableFuture<@Nullable Void> finished = new CompletableFuture<>();

    /** Set once, before anybody else sees the run. */
    Cgroup.@Nullable OomWatch oomWatch;

    /** Guarded by the container's lock. */
    @Nullable
    HealthMonitor health;

    volatile boolean outOfMemory;

    Run(RuntimeProcess process, Optional<Cgroup> cgroup, OutputPump.Pumped pumped, Instant startedAt) {
        this.process = process;
        this.cgroup = cgroup;
        this.pumped = pumped;
        this.startedAt = startedAt;
    }

    /**
     * Whether its first process lives. The kernel knows by the process's descriptor; the container's state follows the end
     * only once all output is in, and until then the number may be another process's.
     */
    boolean lives() throws IOException {
        return process.signal(0);
    }

    void stopWatching() {
        Cgroup.OomWatch watch = oomWatch;
        if (watch != null) {
            watch.close();
        }
        HealthMonitor monitor = health;
        if (monitor != null) {
            monitor.close();
        }
    }
}
