package dev.priok.runtime.internal;

import dev.priok.linux.Fd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This daemon's ends of what it shares with a monitor and a process.
 *
 * @param control commands to the monitor
 * @param report reports from the monitor, non-blocking
 * @param stdin write end of the standard input
 * @param stdout read end of the standard output
 * @param stderr read end of the standard error
 * @param terminal master of the terminal
 * @param journals by stream, when they come from the monitor
 */
record DaemonEnds(
        Fd control,
        Fd report,
        Optional<Fd> stdin,
        Optional<Fd> stdout,
        Optional<Fd> stderr,
        Optional<Fd> terminal,
        Map<Integer, Fd> journals)
        implements AutoCloseable {
    DaemonEnds {
        journals = Map.copyOf(journals);
    }

    @Override
    public void close() {
        control.close();
        report.close();
        Stream.of(stdin, stdout, stderr, terminal).flatMap(Optional::stream).forEach(Fd::close);
        journals.values().forEach(Fd::close);
    }

    /** The ends as they are opened; closes those it has when it fails halfway. */
    static final class Builder implements AutoCloseable {
        @Nullable
        Fd control;

        @Nullable
        Fd report;

        @Nullable
        Fd stdin;

        @Nullable
        Fd stdout;

        @Nullable
        Fd stderr;

        @Nullable
        Fd terminal;

        final Map<Integer, Fd> journals = new HashMap<>();
        private final List<Fd> others = new ArrayList<>();
        private boolean handedOver;

        /** Closes this one too if it comes to that. */
        void own(Fd fd) {
            others.add(fd);
        }

        /** Hands them over; closing this builder closes nothing any more. */
        DaemonEnds build() {
            DaemonEnds built = new DaemonEnds(
                    Objects.requireNonNull(control),
                    Objects.requireNonNull(report),
                    Optional.ofNullable(stdin),
                    Optional.ofNullable(stdout),
                    Optional.ofNullable(stderr),
                    Optional.ofNullable(terminal),
                    journals);
            handedOver = true;
            return built;
        }

        @Override
        public void close() {
            if (handedOver) {
                return;
            }
            Stream.of(control, report, stdin, stdout, stderr, terminal)
                    .filter(Objects::nonNull)
                    .forEach(Fd::close);
            others.forEach(Fd::close);
            journals.values().forEach(Fd::close);
        }
    }
}
