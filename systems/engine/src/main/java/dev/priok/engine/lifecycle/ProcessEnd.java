package dev.priok.engine.lifecycle;

import dev.priok.engine.spec.Signals;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The forced end of a process that nobody can follow. */
final class ProcessEnd {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

    /** A killed process is gone in milliseconds, unless the kernel waits for a device; Docker gives ten seconds too. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ProcessEnd() {}

    /** Kills, waits, and dismisses the monitor; blocks for seconds at most. Closes the process; empty when its end was not told. */
    static Optional<ExitStatus> force(RuntimeProcess process) {
        try (process) {
            boolean _ = process.signal(Signals.KILL);
            ExitStatus status = process.exit().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            dismiss(process);
            return Optional.of(status);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("nobody waits for the end of process {}", process.id(), e);
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.warn("process {} was killed, and its end was not told", process.id(), e);
        }
        return Optional.empty();
    }

    private static void dismiss(RuntimeProcess process) {
        try {
            process.drained();
        } catch (IOException e) {
            LOG.warn("the monitor of {} could not be dismissed", process.id(), e);
        }
    }
}
