package dev.priok.logs;

import dev.priok.linux.Fd;
import java.util.List;
import java.util.Optional;

/**
 * One run's output, to be pumped: from {@code sources} through {@code journals} to {@code driver} and {@code fanout}.
 *
 * @param name what messages call it, such as a container's short id
 * @param sources what still is to be read; empty when the run is over and only its journals are left
 * @param journals the run's journals; empty for output that need not survive the daemon (exec). The pump closes them
 * @param driver keeps the log; the pump does not close it
 * @param fanout who looks on
 */
public record Output(String name, List<Source> sources, Optional<Journals> journals, LogDriver driver, Fanout fanout) {
    public Output {
        sources = List.copyOf(sources);
    }

    /**
     * Something to read.
     *
     * @param stream what it is
     * @param descriptor a pipe's read end, or a terminal's master, in non-blocking mode. The pump uses a duplicate; this one
     *     stays the caller's
     * @param terminal whether it is a terminal, which cannot be spliced and ends with EIO
     */
    public record Source(LogStream stream, Fd descriptor, boolean terminal) {}
}
