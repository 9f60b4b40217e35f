package dev.priok.logs.internal;

import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogQuery;
import dev.priok.logs.internal.LogParts.Part;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Reads a log over all its files, and follows it. */
final class FileCursor implements LogCursor {
    /** Longer than anybody waits, and short enough to be added to nanoTime. */
    private static final Duration FOREVER = Duration.ofDays(365L * 100);

    private final LogQuery query;
    private final LogParts parts;
    private final long sinceNanos;
    private final long untilNanos;
    private final long deadlineNanoTime;
    private final LogRecord record;
    private final RecordReader reader;
    private final ReentrantLock closing = new ReentrantLock();
    private @Nullable FileChannel file;
    private Segment.@Nullable PlainSegment plain;
    private long damaged;
    private long shortenings;
    private long inode;
    private long partOffset;
    private LogDriver.Mark mark;
    private boolean ended;
    private volatile boolean closed;

    FileCursor(RecordFormat format, LogQuery query, LogParts parts, LogDriver.Mark from, InstantSource clock) {
        mark = from;
        this.query = query;
        record = format.record();
        reader = format.reader((_, _, _) -> -1);
        this.parts = parts;
        shortenings = parts.shortenings();
        sinceNanos = query.since().map(Timestamp::nanos).orElse(Long.MIN_VALUE);
        untilNanos = query.until().map(Timestamp::nanos).orElse(Long.MAX_VALUE);
        Duration wait = query.until()
                .map(until -> Duration.between(clock.instant(), until))
                .filter(left -> left.compareTo(FOREVER) < 0)
                .orElse(FOREVER);
        deadlineNanoTime = System.nanoTime() + (wait.isNegative() ? 0 : wait.toNanos());
    }

    @Override
    public Optional<LogEntry> next() throws IOException, InterruptedException {
        try {
            while (!ended && !closed && advance()) {
                if (!record.read(reader.bytes(), reader.from(), reader.to())) {
                    damaged++;
                    continue;
                }
                mark = new LogDriver.Mark(inode, partOffset + reader.passedBytes());
                long time = record.epochNanos();
                if (time > untilNanos) {
                    break;
                }
                if (time >= sinceNanos && query.wants(record.stream())) {
                    Map<String, String> attributes = query.details() ? record.attributes() : Map.of();
                    return Optional.of(
                            new LogEntry(Timestamp.instant(time), record.stream(), record.line(), attributes));
                }
            }
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted in a log").initCause(e);
        } catch (ClosedChannelException e) {
            if (!closed) {
                throw e;
            }
        }
        ended = true;
        return Optional.empty();
    }

    /** Finds the next record, in the next file or after a wait if need be; false at the end. */
    private boolean advance() throws IOException, InterruptedException {
        while (true) {
            boolean whole = limit();
            if (reader.next()) {
                return true;
            }
            if (whole) {
                Optional<Part> part = parts.next();
                if (part.isEmpty()) {
                    reader.endSegment();
                    return false;
                }
                open(part.get());
            } else if (plain == null || !more(plain)) {
                reader.endSegment();
                return false;
            }
        }
    }

    /** Waits for more in the file that is being written; false at the end of it all. */
    private boolean more(Segment.PlainSegment segment) throws InterruptedException {
        // Between a cut by somebody else and the next write the writer believes that there is more than there is.
        return parts.await(Math.max(segment.position(), segment.limit()), shortenings, deadlineNanoTime);
    }

    /** Sets how far the file may be read: to what is completely written. Whether that is all there will be in it. */
    private boolean limit() throws IOException {
        if (plain == null || file == null) {
            return true;
        }
        long seen = parts.shortenings();
        long live = parts.liveLimit();
        if (live >= 0 && seen != shortenings) {
            shortenings = seen;
            reader.endSegment();
            partOffset = parts.shortenedTo();
            plain.rewind(partOffset);
        }
        plain.limit(live >= 0 ? live : parts.finalLimit(file));
        return live < 0;
    }

    private void open(Part part) throws IOException {
        closing.lock();
        try {
            FileChannel before = file;
            if (before != null) {
                before.close();
            }
            file = part.file();
            inode = part.inode();
            partOffset = part.offset();
            if (closed) {
                part.file().close();
            }
        } finally {
            closing.unlock();
        }
        if (part.compressed()) {
            plain = null;
            reader.go(Segment.compressed(part.file(), part.offset()));
        } else {
            plain = Segment.plain(part.file(), part.offset());
            reader.go(plain);
        }
    }

    /** The place behind the entry that was given last. */
    LogDriver.Mark mark() {
        return mark;
    }

    @Override
    public boolean mayBlock() throws IOException {
        if (ended || closed || plain == null || reader.buffered()) {
            return false;
        }
        long live = parts.liveLimit();
        return live >= 0 && plain.position() >= live;
    }

    @Override
    public long skipped() {
        return damaged + reader.damaged() + parts.lostFiles();
    }

    @Override
    public void close() {
        closed = true;
        closing.lock();
        try {
            parts.close();
            FileChannel open = file;
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            closing.unlock();
        }
    }
}
