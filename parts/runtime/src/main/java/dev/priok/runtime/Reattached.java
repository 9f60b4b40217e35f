package dev.priok.runtime;

import java.util.Optional;

/** What became of a process while no daemon was there. */
public sealed interface Reattached {
    /**
     * Its monitor is alive and has handed over. The process may have ended: then {@link RuntimeProcess#exit} is complete, and
     * what it wrote is in pipes and journals, to be read before {@link RuntimeProcess#drained}.
     */
    record Supervised(RuntimeProcess process) implements Reattached {}

    /**
     * Process and monitor are gone; all output is in the journals.
     *
     * @param status how it ended; empty when nobody saw it, as after a power cut
     */
    record Ended(Optional<ExitStatus> status) implements Reattached {}
}
