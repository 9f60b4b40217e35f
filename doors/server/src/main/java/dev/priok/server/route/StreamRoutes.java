package dev.priok.server.route;

import dev.priok.core.Failure;
import dev.priok.engine.Containers;
import dev.priok.engine.Cursor;
import dev.priok.engine.Stats;
import dev.priok.server.http.BatchedOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Attach, logs and stats. */
final class StreamRoutes {
    private final Containers containers;
    private final InstantSource clock;

    private StreamRoutes(Containers containers, InstantSource clock) {
        this.containers = containers;
        this.clock = clock;
    }

    static void add(RouteTable table, Containers containers, InstantSource clock) {
        var routes = new StreamRoutes(containers, clock);
        table.add("POST", "/containers/{id}/attach", routes::attach)
                .add("GET", "/containers/{id}/attach/ws", routes::attachWebSocket)
                .add("GET", "/containers/{id}/logs", routes::logs)
                .add("GET", "/containers/{id}/stats", routes::stats);
    }

    private static Containers.AttachRequest attachRequest(Call call) {
        return new Containers.AttachRequest(
                call.flag("stdin"),
                call.flag("stdout"),
                call.flag("stderr"),
                call.flag("stream"),
                call.flag("logs"),
                call.query("detachKeys").isEmpty() ? null : call.query("detachKeys"));
    }

    private void attach(Call call) throws IOException, InterruptedException {
        Containers.AttachRequest request = attachRequest(call);
        SessionStreams.attach(containers.attach(call.name("id"), request), call, request.stream());
    }

    private void attachWebSocket(Call call) throws IOException, InterruptedException {
        WebSocketSession.Handshake handshake = WebSocketSession.handshake(call.exchange());
        Containers.AttachRequest asked = attachRequest(call);
        // Before 1.42 the streams could not be chosen.
        Containers.AttachRequest request = call.version().atLeast(42)
                ? asked
                : new Containers.AttachRequest(true, true, true, asked.stream(), asked.logs(), asked.detachKeys());
        WebSocketSession.run(containers.attach(call.name("id"), request), call.exchange(), handshake);
    }

    private void logs(Call call) throws IOException, InterruptedException {
        boolean stdout = call.flag("stdout");
        boolean stderr = call.flag("stderr");
        if (!stdout && !stderr) {
            throw Failure.invalid("Bad parameters: you must choose at least one stream");
        }
        Instant now = clock.instant();
        var query = new Containers.LogQuery(
                stdout,
                stderr,
                call.flag("follow"),
                GoTime.moment("since", call.query("since"), now),
                GoTime.moment("until", call.query("until"), now),
                tail(call.query("tail")));
        boolean tty =
                containers.inspect(call.name("id"), false).spec().process().tty();
        boolean timestamps = call.flag("timestamps");
        boolean details = call.flag("details");
        try (Cursor<Containers.LogLine> cursor = containers.logs(call.name("id"), query);
                var _ = call.exchange().whenClientGoes(cursor::close)) {
            OutputStream stream = call.exchange().stream(200, SessionStreams.contentType(call, tty));
            stream.flush();
            try (var out = new BatchedOutput(stream)) {
                Frames frames = tty ? Frames.raw(out) : Frames.multiplexed(out);
                for (Containers.LogLine line = cursor.next(); line != null; line = cursor.next()) {
                    byte[] bytes = timestamps || details ? decorated(line, timestamps, details) : line.bytes();
                    frames.write(line.channel(), bytes, 0, bytes.length);
                }
            }
        }
    }

    /** All lines for anything that is no number, as Docker has it. */
    private static long tail(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private static byte[] decorated(Containers.LogLine line, boolean timestamps, boolean details) {
        var prefix = new StringBuilder();
        if (timestamps) {
            prefix.append(GoTime.fixed(line.time())).append(' ');
        }
        if (details) {
            prefix.append(new TreeMap<>(line.attributes())
                            .entrySet().stream()
                                    .map(e -> e.getKey() + "=" + e.getValue())
                                    .collect(Collectors.joining(",")))
                    .append(' ');
        }
        byte[] head = prefix.toString().getBytes(StandardCharsets.UTF_8);
        byte[] whole = java.util.Arrays.copyOf(head, head.length + line.bytes().length);
        System.arraycopy(line.bytes(), 0, whole, head.length, line.bytes().length);
        return whole;
    }

    private void stats(Call call) throws IOException, InterruptedException {
        boolean stream = call.flag("stream", true);
        boolean oneShot = call.version().atLeast(41) && call.flag("one-shot");
        if (stream && oneShot) {
            throw Failure.invalid("cannot have stream=true and one-shot=true");
        }
        try (Cursor<Stats> cursor = containers.stats(call.name("id"), stream, oneShot);
                var _ = call.exchange().whenClientGoes(cursor::close)) {
            OutputStream out = call.exchange().stream(200, Call.JSON);
            if (stream) {
                out.flush();
            }
            for (Stats sample = cursor.next(); sample != null; sample = cursor.next()) {
                out.write(StatsDocs.of(sample).bytes());
                out.write('\n');
            }
        }
    }
}
