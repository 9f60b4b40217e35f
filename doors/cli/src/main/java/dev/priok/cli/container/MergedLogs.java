package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.client.MultiplexedStream;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The logs of several containers as one: by time, each line with its container's name before it. */
final class MergedLogs {
    /** What waits of one container; its daemon waits when that is full. */
    private static final int MAXIMUM_WAITING_LINES = 1024;

    /** How long a line that follows waits for an older one of another container. */
    private static final long PATIENCE_MILLIS = 100;

    private static final int MAXIMUM_LINE_BYTES = 1 << 20;

    /** A line; {@code time} is RFC 3339 with nine digits or fewer, in UTC. */
    private record Line(String time, boolean isError, String text) {}

    private static final class Source {
        private final String name;
        private final ArrayDeque<Line> lines = new ArrayDeque<>();
        private boolean ended;
        private @Nullable String failure;

        Source(String name) {
            this.name = name;
        }
    }

    private final Session session;
    private final boolean follow;
    private final boolean timestamps;
    private final List<Source> sources = new ArrayList<>();
    private int width;

    MergedLogs(Session session, boolean follow, boolean timestamps) {
        this.session = session;
        this.follow = follow;
        this.timestamps = timestamps;
    }

    /** Adds a container; {@code request} asks for its log with times. */
    void add(String name, boolean tty, Request request) {
        Source source = new Source(name);
        sources.add(source);
        width = Math.max(width, name.length());
        Thread.ofPlatform().daemon().name("logs-" + name).start(() -> read(source, tty, request));
    }

    private void read(Source source, boolean tty, Request request) {
        String failure = null;
        try (Reply reply = session.client().send(request);
                LineOutput out = new LineOutput(source, false);
                LineOutput err = new LineOutput(source, true)) {
            if (tty) {
                reply.body().transferTo(out);
            } else {
                MultiplexedStream.copy(reply.body(), out, err);
            }
        } catch (Failure e) {
            failure = "Error response from daemon: " + e.message();
        } catch (IOException | CommandFailed e) {
            failure = String.valueOf(e.getMessage());
        }
        synchronized (this) {
            source.ended = true;
            source.failure = failure;
            notifyAll();
        }
    }

    private void put(Source source, Line line) throws IOException {
        synchronized (this) {
            try {
                while (source.lines.size() >= MAXIMUM_WAITING_LINES) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            source.lines.add(line);
            notifyAll();
        }
    }

    /** Prints until all have ended; the exit code. */
    int print() {
        try {
            for (Next next = next(); next != null; next = next()) {
                String time = timestamps ? next.line.time() + " " : "";
                String text = " ".repeat(width - next.source.name.length());
                text = next.source.name + text + " | " + time + next.line.text();
                (next.line.isError() ? session.err() : session.out()).println(text);
                if (next.mayPause) {
                    session.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandFailed.FAILURE;
        }
        session.flush();
        int code = 0;
        for (Source source : sources) {
            if (source.failure != null) {
                session.err().println(source.failure);
                code = CommandFailed.FAILURE;
            }
        }
        return code;
    }

    private record Next(Source source, Line line, boolean mayPause) {}

    private synchronized @Nullable Next next() throws InterruptedException {
        long since = 0;
        while (true) {
            Source oldest = null;
            boolean mustWait = false;
            for (Source source : sources) {
                Line line = source.lines.peek();
                if (line == null) {
                    mustWait |= !source.ended;
                } else if (oldest == null || compare(line, oldest.lines.element()) < 0) {
                    oldest = source;
                }
            }
            if (oldest == null && !mustWait) {
                return null;
            }
            long now = System.nanoTime() / 1_000_000;
            since = oldest == null ? 0 : since == 0 ? now : since;
            boolean late = follow && oldest != null && now - since >= PATIENCE_MILLIS;
            if (oldest != null && (!mustWait || late)) {
                Line line = oldest.lines.remove();
                notifyAll();
                return new Next(oldest, line, follow && oldest.lines.isEmpty());
            }
            if (follow && oldest != null) {
                wait(PATIENCE_MILLIS);
            } else {
                wait();
            }
        }
    }

    /** Zeros at the end of a second's fraction are left out, so that Z may stand where the other has a digit. */
    private static int compare(Line a, Line b) {
        String left = a.time().endsWith("Z") ? a.time().substring(0, a.time().length() - 1) : a.time();
        String right = b.time().endsWith("Z") ? b.time().substring(0, b.time().length() - 1) : b.time();
        return left.compareTo(right);
    }

    /** Cuts what comes into lines. */
    private final class LineOutput extends OutputStream {
        private final Source source;
        private final boolean isError;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        LineOutput(Source source, boolean isError) {
            this.source = source;
            this.isError = isError;
        }

        @Override
        public void write(int b) throws IOException {
            if (b != '\n') {
                line.write(b);
            }
            if (b == '\n' || line.size() >= MAXIMUM_LINE_BYTES) {
                end();
            }
        }

        private void end() throws IOException {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            String whole = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            int space = whole.indexOf(' ');
            put(
                    source,
                    space < 0
                            ? new Line(whole, isError, "")
                            : new Line(whole.substring(0, space), isError, whole.substring(space + 1)));
        }

        @Override
        public void close() throws IOException {
            if (line.size() > 0) {
                end();
            }
        }
    }
}
