package dev.priok.logs.internal;

import dev.priok.logs.LogDriver.Mark;
import dev.priok.logs.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a cache holds to a sink, in a thread of its own, and notes how far it is. */
final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /** A daemon that is killed sends at most so many entries twice. */
    private static final int NOTE_EACH_ENTRIES = 256;

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    /** The last lines of a container that is removed have so long to be sent. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final FileDriver cache;
    private final LogSink sink;
    private final Path note;
    private final String name;
    private @Nullable Thread thread;
    private @Nullable FileCursor cursor;
    private boolean again;
    private boolean connected;
    private volatile boolean closed;
    private volatile boolean failing;
    private int unnoted;

    /**
     * Makes one that does nothing yet.
     *
     * @param note file that holds the place up to which all was sent
     * @param name what messages call it
     */
    Forwarder(FileDriver cache, LogSink sink, Path note, String name) {
        this.cache = cache;
        this.sink = sink;
        this.note = note;
        this.name = name.substring(0, Math.min(12, name.length()));
    }

    /**
     * A run begins.
     *
     * @throws IOException when the sink was never reached and cannot be now: the container is not started, as with Docker
     */
    synchronized void begin() throws IOException {
        boolean resumes = Files.exists(note);
        if (!connected && thread == null && !resumes) {
            try {
                sink.open();
            } catch (IOException e) {
                throw new IOException("failed to initialize logging driver: " + e.getMessage(), e);
            }
            write(cache.mark());
        }
        connected = true;
        again = true;
        if (thread == null) {
            thread = Thread.ofVirtual().name("forward-log-" + name).start(this::work);
        }
    }

    private void work() {
        try {
            while (takeTurn()) {
                forward();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the log of {} is not sent any more until it starts again: {}", name, e.toString(), e);
            end();
        } catch (InterruptedException _) {
            end();
        }
    }

    /** Whether a run began since it was asked last; if not, this thread is to end. */
    private synchronized boolean takeTurn() {
        boolean more = again && !closed;
        again = false;
        if (!more) {
            end();
        }
        return more;
    }

    private synchronized void end() {
        thread = null;
        try {
            sink.close();
        } catch (IOException e) {
            LOG.debug("closing the sink of {}", name, e);
        }
    }

    private void forward() throws IOException, InterruptedException {
        FileCursor reading = cache.follow(read());
        synchronized (this) {
            cursor = reading;
        }
        try (reading) {
            Optional<LogEntry> entry = closed ? Optional.empty() : reading.next();
            while (entry.isPresent() && deliver(entry.get())) {
                if (++unnoted >= NOTE_EACH_ENTRIES || reading.mayBlock()) {
                    write(reading.mark());
                }
                entry = reading.next();
            }
            if (entry.isEmpty() && !closed) {
                write(reading.mark());
            }
            if (reading.skipped() > 0) {
                LOG.warn(
                        "{} records or files of the log of {} were lost before they could be sent",
                        reading.skipped(),
                        name);
            }
        }
    }

    /** Sends until it was taken; false when it is closed before. */
    private boolean deliver(LogEntry entry) throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                sink.open();
                sink.send(entry);
                if (failing) {
                    LOG.info("the log of {} is sent again", name);
                    failing = false;
                }
                return true;
            } catch (IOException e) {
                if (!failing) {
                    LOG.warn("the log of {} cannot be sent and is kept meanwhile: {}", name, e.toString());
                    failing = true;
                }
                try {
                    sink.close();
                } catch (IOException inner) {
                    LOG.debug("closing the sink of {}", name, inner);
                }
                Thread.sleep(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
        return false;
    }

    private Mark read() throws IOException {
        try {
            String[] words = Files.readString(note).strip().split(" ");
            if (words.length == 2) {
                return new Mark(Long.parseLong(words[0]), Long.parseLong(words[1]));
            }
        } catch (NoSuchFileException _) {
            // nothing was sent yet
        } catch (NumberFormatException e) {
            LOG.warn("the note of what was sent of {} is damaged: all of the cache is sent", name, e);
        }
        return Mark.NONE;
    }

    /** Not synced: after a power cut some lines are sent twice. */
    private void write(Mark mark) throws IOException {
        Path temporary = note.resolveSibling(note.getFileName() + ".new");
        Files.writeString(temporary, mark.file() + " " + mark.offset());
        Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        unnoted = 0;
    }

    /** Sends what is left if that takes no longer than {@link #FAREWELL}, and ends. */
    void close() throws IOException {
        Thread working;
        synchronized (this) {
            working = thread;
        }
        if (working != null) {
            try {
                if (failing || !working.join(FAREWELL)) {
                    stop();
                    working.interrupt();
                    working.join();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        stop();
    }

    private synchronized void stop() {
        closed = true;
        FileCursor reading = cursor;
        if (reading != null) {
            reading.close();
        }
    }
}
