package dev.priok.init;

import dev.priok.linux.Errno;
import java.util.List;

/** A step that decides what comes next. */
public sealed interface Flow extends Step {
    /** The kernel program can compare a result with this many errors. */
    int MAXIMUM_TOLERATED = 4;

    /**
     * Makes a call that may fail. Any other error than those tolerated ends the list.
     *
     * @param call what is tried; its result slot is -1 after a tolerated error
     * @param tolerated errors after which the list goes on
     * @param noted whether a tolerated error is reported
     * @param then what is done when it succeeds
     * @param otherwise what is done after a tolerated error
     */
    record Try(SystemCall call, List<Errno> tolerated, boolean noted, Steps then, Steps otherwise) implements Flow {
        public Try {
            tolerated = List.copyOf(tolerated);
            if (tolerated.isEmpty() || tolerated.size() > MAXIMUM_TOLERATED) {
                throw new IllegalArgumentException("one to four tolerated errors, not " + tolerated);
            }
        }
    }

    /**
     * Makes a child process by clone3(2). This process goes on with the next step, the child with its own steps.
     *
     * @param flags CLONE_ flags
     * @param pid keeps the child's number
     * @param pidfd keeps a descriptor of the child
     * @param cgroup directory of the cgroup (v2) that the child starts in; {@link #NO_CGROUP} for this process's own
     * @param child what the child does
     */
    record Clone(long flags, Slot.Result pid, Slot.Result pidfd, Slot cgroup, Steps child) implements Flow {
        /** The child starts in the cgroup of this process. */
        public static final Slot NO_CGROUP = Slot.fixed("none", -1);

        /** The flags by name. */
        public String shownFlags() {
            return Flags.clone(flags);
        }
    }

    /** Ends the process, without an error, if nobody holds the other end of a pipe any more. */
    record Attended(Slot pipe) implements Flow {}

    /** Gives up with an error. */
    record Fail(Errno errno) implements Flow {}

    /**
     * Becomes the monitor of a child; nothing can follow.
     *
     * @param control pipe of commands from the daemon
     * @param report pipe of {@link Report}s to the daemon
     * @param events file that keeps the reports STARTED and EXITED
     * @param index file that keeps when journals grew, or {@link #NOTHING}
     * @param input write end of the child's standard input, or {@link #NOTHING}
     * @param pidfd of the child
     * @param pid of the child
     * @param spillBytes how much output is moved at most while the daemon is away
     * @param lonelySignal what the child is sent when the daemon goes, 0 to let it live on
     * @param streams what is moved while the daemon is away, at most two
     */
    record Supervise(
            Slot control,
            Slot report,
            Slot events,
            Slot index,
            Slot input,
            Slot pidfd,
            Slot pid,
            long spillBytes,
            int lonelySignal,
            List<Stream> streams)
            implements Flow {
        /** Stands for a descriptor that there is not. */
        public static final Slot NOTHING = Slot.fixed("none", -1);

        private static final int MAXIMUM_STREAMS = 2;

        public Supervise {
            streams = List.copyOf(streams);
            if (streams.size() > MAXIMUM_STREAMS) {
                throw new IllegalArgumentException("at most two streams");
            }
        }
    }

    /**
     * Output that a monitor moves.
     *
     * @param source read end of a pipe or master of a terminal
     * @param journal file that takes it
     * @param number 1 standard output, 2 standard error
     * @param terminal whether the source is a terminal, which cannot be spliced
     */
    record Stream(Slot source, Slot journal, int number, boolean terminal) {}
}
