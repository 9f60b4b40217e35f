package dev.priok.runtime;

import dev.priok.linux.Fd;
import dev.priok.linux.TerminalCalls;
import java.util.Optional;

/** Where a process's standard streams go. */
public sealed interface Stdio {
    /** The journals of its output. */
    Journals journals();

    /**
     * What becomes of the process when this daemon is gone: it lives on and its monitor moves output into the journals, or, if
     * false, it is killed.
     */
    boolean survives();

    /**
     * A pipe for each stream.
     *
     * @param input whether there is a standard input; else it is {@code /dev/null}
     * @param journals where output goes while the daemon is away
     * @param survives whether the process outlives the daemon
     */
    record Pipes(boolean input, Journals journals, boolean survives) implements Stdio {
        /** Pipes of a process that ends with the daemon, such as a build's. */
        public static Pipes ofDaemonsLife(boolean input) {
            return new Pipes(input, Journals.NONE, false);
        }
    }

    /**
     * A pseudo-terminal of the container for all three.
     *
     * @param size its first size; empty leaves it to the kernel
     * @param journals where output goes while the daemon is away: the one of standard output
     * @param survives whether the process outlives the daemon
     */
    record Terminal(Optional<TerminalCalls.Size> size, Journals journals, boolean survives) implements Stdio {}

    /**
     * Files that a monitor appends to while the daemon is away. Opened for writing without O_APPEND (splice refuses that), so that
     * daemon and monitor share one position; the index with O_APPEND. The caller keeps and closes its descriptors.
     *
     * @param stdout takes standard output, or all output of a terminal
     * @param stderr takes standard error
     * @param index takes a record each time: {@code int64} nanoseconds since 1970, {@code int64} position after the append,
     *     {@code int32} 1 or 2 for the stream, {@code int32} 0
     * @param spillBytes how much is moved at most; the process then waits for the daemon
     */
    record Journals(Optional<Fd> stdout, Optional<Fd> stderr, Optional<Fd> index, long spillBytes) {
        /** No journals: a process that writes while the daemon is away gets a broken pipe. */
        public static final Journals NONE = new Journals(Optional.empty(), Optional.empty(), Optional.empty(), 0);

        /** Enough for minutes of chatter; a bound, since the disk belongs to everybody. */
        public static final long DEFAULT_SPILL_BYTES = 256L << 20;
    }
}
