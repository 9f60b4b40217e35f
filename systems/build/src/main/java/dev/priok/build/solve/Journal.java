package dev.priok.build.solve;

import dev.priok.build.BuildHistory.StepRecord;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildStatus;
import dev.priok.core.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes down one build as it happens: lines like {@code #5 1.203 text}, where 5 is the step and 1.203 its age in seconds. */
final class Journal implements BuildObserver, AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;

    private final String id;
    private final OutputStream out;
    private final InstantSource clock;
    private final Map<Digest, BuildStatus.Vertex> vertexes = new LinkedHashMap<>();
    private final Map<Digest, Integer> numbers = new HashMap<>();
    private final Map<Digest, String> reasons = new HashMap<>();
    private final Map<Digest, StringBuilder> lines = new HashMap<>();

    Journal(String id, Path file, InstantSource clock) throws IOException {
        this.id = id;
        this.clock = clock;
        this.out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
    }

    String id() {
        return id;
    }

    @Override
    public synchronized void happened(BuildStatus status) {
        switch (status) {
            case BuildStatus.Vertex vertex -> {
                int number = numbers.computeIfAbsent(vertex.digest(), _ -> numbers.size() + 1);
                if (vertexes.put(vertex.digest(), vertex) == null) {
                    write("#%d %s\n".formatted(number, vertex.name().replace("\n", "\n#" + number + " ")));
                }
                if (vertex.completed().isPresent()) {
                    endLine(vertex.digest());
                    write("#%d %s\n\n".formatted(number, end(vertex)));
                }
            }
            case BuildStatus.Log log -> log(log);
            case BuildStatus.NotCached reason -> {
                reasons.put(reason.vertex(), reason.reason());
                write("#%d runs: %s\n".formatted(number(reason.vertex()), reason.reason()));
            }
            case BuildStatus.Warning warning -> write("WARNING: " + warning.text() + "\n");
            case BuildStatus.Progress _ -> {}
        }
    }

    private static String end(BuildStatus.Vertex vertex) {
        if (!vertex.error().isEmpty()) {
            return "ERROR: " + vertex.error();
        }
        if (vertex.cached()) {
            return "CACHED";
        }
        Duration time = Duration.between(
                vertex.started().orElse(Instant.EPOCH), vertex.completed().orElse(Instant.EPOCH));
        return "DONE " + seconds(time) + "s";
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toMillis() / 1000.0);
    }

    private int number(Digest vertex) {
        return numbers.getOrDefault(vertex, 0);
    }

    private void log(BuildStatus.Log log) {
        StringBuilder line = lines.computeIfAbsent(log.vertex(), _ -> new StringBuilder());
        String text = log.text();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            line.append(text, start, end);
            endLine(log.vertex());
            start = end + 1;
        }
        line.append(text, start, text.length());
        if (line.length() > BUFFER_BYTES) {
            endLine(log.vertex());
        }
    }

    private void endLine(Digest vertex) {
        StringBuilder line = lines.get(vertex);
        if (line != null && !line.isEmpty()) {
            Instant started = Optional.ofNullable(vertexes.get(vertex))
                    .flatMap(BuildStatus.Vertex::started)
                    .orElseGet(clock::instant);
            write("#%d %s %s\n".formatted(number(vertex), seconds(Duration.between(started, clock.instant())), line));
            line.setLength(0);
        }
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the log of the build cannot be written", e);
        }
    }

    /** The steps so far, in the order in which they began. */
    synchronized List<StepRecord> steps() {
        return vertexes.values().stream()
                .map(v -> new StepRecord(
                        v.digest(),
                        v.name(),
                        v.started(),
                        v.completed(),
                        v.cached(),
                        v.error(),
                        reasons.getOrDefault(v.digest(), "")))
                .toList();
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
