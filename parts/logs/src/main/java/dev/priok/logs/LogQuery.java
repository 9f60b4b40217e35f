package dev.priok.logs;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What somebody wants to see of a log.
 *
 * @param stdout whether standard output is wanted
 * @param stderr whether standard error is wanted
 * @param since entries before this instant are left out
 * @param until entries after this instant are left out; with {@code follow} the cursor ends then
 * @param tail only this many of the last entries, before {@code since} is applied; empty for all
 * @param follow wait for what is written later, until the run's output ends
 * @param details whether entries carry their attributes
 */
public record LogQuery(
        boolean stdout,
        boolean stderr,
        Optional<Instant> since,
        Optional<Instant> until,
        OptionalInt tail,
        boolean follow,
        boolean details) {
    /** All of both streams, from the beginning to now. */
    public static final LogQuery ALL =
            new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.empty(), false, false);

    /** All of both streams, and what will be written. */
    public static final LogQuery FOLLOW =
            new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, true);

    public boolean wants(LogStream stream) {
        return switch (stream) {
            case STDOUT -> stdout;
            case STDERR -> stderr;
        };
    }
}
