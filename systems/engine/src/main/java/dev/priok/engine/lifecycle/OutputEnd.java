package dev.priok.engine.lifecycle;

import dev.priok.logs.OutputPump;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the last output of a process that has ended. */
final class OutputEnd {
    private static final Logger LOG = LoggerFactory.getLogger(OutputEnd.class);

    /** A process that left the container's pid 1 behind may hold the pipe for ever; Docker waits two seconds too. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private OutputEnd() {}

    static void await(OutputPump.Pumped pumped, String id) {
        if (!drained(pumped, id)) {
            pumped.abandon();
            if (!drained(pumped, id)) {
                pumped.drop();
                LOG.warn("the last output of container {} is still on its way to the log", id);
            }
        }
    }

    private static boolean drained(OutputPump.Pumped pumped, String id) {
        try {
            pumped.drained().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            LOG.warn("the output of container {} could not be kept to its end", id, e.getCause());
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
