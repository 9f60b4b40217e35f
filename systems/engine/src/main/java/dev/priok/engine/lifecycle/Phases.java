package dev.priok.engine.lifecycle;

import dev.priok.core.PhaseTimes;

/**
 * How long making and starting containers takes, by phases.
 *
 * @param creates of containers that came to be
 * @param starts of containers that were started; between {@link Start#LOG} and {@link Start#OUTPUT} are the phases of the runtime
 */
public record Phases(PhaseTimes<Create> creates, PhaseTimes<Start> starts) {
    /** Nothing counted yet. */
    public static Phases none() {
        return new Phases(new PhaseTimes<>(Create.class), new PhaseTimes<>(Start.class));
    }

    /** What making a container consists of, in order. */
    public enum Create {
        /** The request merged with its image, and checked. */
        CHECK,
        /** The writable layer. */
        SNAPSHOT,
        /** The container's own files, copies into new volumes, the log. */
        FILES,
        /** The row in the database, and the event. */
        RECORD
    }

    /** What starting a container consists of, in order. */
    public enum Start {
        /** What is mounted made ready: volumes, plugins, shared folders. */
        VOLUMES,
        /** Namespace, links, addresses, published ports, /etc/hosts. */
        NETWORK,
        /** The OCI configuration and the seccomp filter. */
        SPEC,
        /** The cgroup with its limits. */
        CGROUP,
        /** The journals of the output. */
        LOG,
        /** The output handed to the pump. */
        OUTPUT,
        /** The state shown, its row handed to the database, the event, the watch over the end. */
        RECORD
    }
}
