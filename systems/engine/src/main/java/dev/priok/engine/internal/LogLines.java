package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.LogLine;
import dev.priok.engine.Containers.LogQuery;
import dev.priok.engine.Cursor;
import dev.priok.engine.OutputSink;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.spec.Cause;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogStream;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A container's log, line by line. */
final class LogLines implements Cursor<LogLine> {
    private final LogCursor cursor;

    private LogLines(LogCursor cursor) {
        this.cursor = cursor;
    }

    static Cursor<LogLine> open(Container container, LogQuery query) {
        if (!query.stdout() && !query.stderr()) {
            throw Failure.invalid("You must choose at least one stream");
        }
        Status status = container.state().status();
        if (status == Status.REMOVING || status == Status.DEAD) {
            throw Failure.conflict("can not get logs from container which is dead or marked for removal");
        }
        // A container that does not run writes no more; one that was not started yet may.
        boolean follow = query.follow() && status != Status.EXITED;
        try {
            Optional<LogCursor> cursor = container
                    .log()
                    .read(new dev.priok.logs.LogQuery(
                            query.stdout(),
                            query.stderr(),
                            Optional.ofNullable(query.since()),
                            Optional.ofNullable(query.until()),
                            query.tail() < 0
                                    ? OptionalInt.empty()
                                    : OptionalInt.of((int) Math.min(query.tail(), Integer.MAX_VALUE)),
                            follow,
                            true));
            return new LogLines(cursor.orElseThrow(
                    () -> Failure.notImplemented("configured logging driver does not support reading")));
        } catch (IOException e) {
            throw Failure.internal(e, "reading the log of container %s: %s", container.id(), Cause.text(e));
        }
    }

    @Override
    public @Nullable LogLine next() throws IOException, InterruptedException {
        Optional<LogEntry> entry = cursor.next();
        return entry.map(e -> new LogLine(
                        e.time(),
                        e.stream() == LogStream.STDERR ? OutputSink.Channel.STDERR : OutputSink.Channel.STDOUT,
                        e.bytes(),
                        e.attributes()))
                .orElse(null);
    }

    @Override
    public void close() {
        cursor.close();
    }
}
