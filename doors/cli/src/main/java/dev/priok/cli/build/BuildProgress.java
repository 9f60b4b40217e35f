package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.format.Text;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Shows a build step by step: as a tree that moves on a terminal, as plain lines, or as the daemon's own JSON. */
final class BuildProgress {
    /** Lines of a running step that the tree shows. */
    private static final int TAIL_LINES = 6;

    /** A terminal that is drawn more often than this shows no more. */
    private static final long REDRAW_MILLIS = 80;

    /** How the build is shown. */
    enum Style {
        TREE,
        PLAIN,
        JSON
    }

    private final PrintStream out;
    private final Style style;
    private final int columns;
    private final int rows;
    private final InstantSource clock;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private int drawn;
    private long drawnAt;

    private static final class Step {
        final int number;
        JsonObject vertex;
        final StringBuilder line = new StringBuilder();
        final Deque<String> tail = new ArrayDeque<>();
        final List<String> all = new ArrayList<>();
        final Map<String, String> downloads = new LinkedHashMap<>();
        String reason = "";

        Step(int number, JsonObject vertex) {
            this.number = number;
            this.vertex = vertex;
        }

        boolean isDone() {
            return !vertex.text("completed").isEmpty();
        }
    }

    BuildProgress(PrintStream out, Style style, int columns, int rows, InstantSource clock) {
        this.out = out;
        this.style = style;
        this.columns = columns > 0 ? columns : 120;
        this.rows = rows > 0 ? rows : 24;
        this.clock = clock;
    }

    /**
     * Shows all messages of an answer.
     *
     * @param notes takes what is said beside progress
     * @throws CommandFailed when the build fails
     */
    void show(InputStream messages, Consumer<JsonObject> notes) throws IOException {
        List<JsonObject> errors = new ArrayList<>();
        Json.readAll(messages, message -> {
            if (style == Style.JSON) {
                out.println(Json.write(message.fields()));
                out.flush();
            }
            if (message.has("aux")) {
                JsonObject aux = message.object("aux");
                notes.accept(aux);
                take(aux);
            } else if (message.has("errorDetail")) {
                errors.add(message.object("errorDetail"));
            } else if (style == Style.PLAIN && message.text("stream").startsWith("Successfully")) {
                out.print(message.text("stream"));
            }
        });
        if (style == Style.TREE) {
            draw(true);
        }
        if (style != Style.JSON) {
            warnings.forEach(warning -> out.println("WARNING: " + warning));
        }
        out.flush();
        if (!errors.isEmpty()) {
            showFailedStep();
            long code = errors.getFirst().number("code");
            throw new CommandFailed(
                    errors.getFirst().text("message"), code > 0 && code < 256 ? (int) code : CommandFailed.FAILURE);
        }
    }

    /** Says of every step whether it ran, and why. */
    void explain() {
        for (Step step : steps.values()) {
            String name = step.vertex.text("name").replace('\n', ' ');
            if (step.vertex.flag("cached")) {
                out.println("cached  " + name);
            } else if (!step.reason.isEmpty()) {
                out.println("ran     " + name);
                out.println("        " + step.reason);
            }
        }
        out.flush();
    }

    /** The tree showed only the last lines of the step; now all of them matter. */
    private void showFailedStep() {
        if (style == Style.TREE) {
            steps.values().stream()
                    .filter(s -> !s.vertex.text("error").isEmpty())
                    .forEach(step -> {
                        out.println("------");
                        out.println(" > " + step.vertex.text("name") + ":");
                        step.all.forEach(out::println);
                        out.println("------");
                    });
            out.flush();
        }
    }

    private void take(JsonObject aux) {
        if (aux.has("vertex")) {
            vertex(aux.object("vertex"));
        } else if (aux.has("log")) {
            log(aux.object("log"));
        } else if (aux.has("status")) {
            progress(aux.object("status"));
        } else if (aux.has("notcached")) {
            Step step = steps.get(aux.object("notcached").text("vertex"));
            if (step != null) {
                step.reason = aux.object("notcached").text("reason");
                plain("#" + step.number + " runs: " + step.reason);
            }
        } else if (aux.has("warning")) {
            warnings.add(aux.object("warning").text("short"));
        }
        if (style == Style.TREE) {
            draw(false);
        }
    }

    /** Of a download each new state is a line; how many bytes it has is only shown where lines can move. */
    private void progress(JsonObject status) {
        Step step = steps.get(status.text("vertex"));
        if (step == null) {
            return;
        }
        String line = status.text("id") + (status.text("id").isEmpty() ? "" : ": ") + status.text("name");
        if (style == Style.TREE && status.number("total") > 0) {
            line += " %s of %s"
                    .formatted(
                            HumanSize.ofThousands(status.number("current")),
                            HumanSize.ofThousands(status.number("total")));
        }
        String before = step.downloads.put(status.text("id"), line);
        if (!line.equals(before)) {
            plain("#" + step.number + " " + line);
        }
        step.tail.clear();
        step.downloads.values().stream().limit(TAIL_LINES).forEach(step.tail::addLast);
    }

    private void vertex(JsonObject vertex) {
        Step step = steps.get(vertex.text("digest"));
        if (step == null) {
            step = new Step(steps.size() + 1, vertex);
            steps.put(vertex.text("digest"), step);
            plain("#" + step.number + " " + vertex.text("name"));
        }
        step.vertex = vertex;
        if (step.isDone()) {
            endLine(step);
            plain("#" + step.number + " " + state(step) + "\n");
        }
    }

    private void plain(String text) {
        if (style == Style.PLAIN) {
            out.println(text);
            out.flush();
        }
    }

    private String state(Step step) {
        if (!step.vertex.text("error").isEmpty()) {
            return "ERROR: " + step.vertex.text("error");
        }
        return step.vertex.flag("cached") ? "CACHED" : "DONE " + seconds(step);
    }

    private String seconds(Step step) {
        double from = at(step.vertex.text("started"));
        double to = step.isDone() ? at(step.vertex.text("completed")) : clock.millis() / 1000.0;
        return String.format(Locale.ROOT, "%.1fs", Math.max(0, to - from));
    }

    private static double at(String time) {
        return time.isEmpty()
                ? HumanTime.epochSeconds(time, 0)
                : Instant.parse(time).toEpochMilli() / 1000.0;
    }

    private void log(JsonObject log) {
        Step step = steps.get(log.text("vertex"));
        if (step == null) {
            return;
        }
        String text = log.text("msg");
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            step.line.append(text, start, end);
            endLine(step);
            start = end + 1;
        }
        step.line.append(text.substring(start));
    }

    private void endLine(Step step) {
        if (step.line.isEmpty()) {
            return;
        }
        String line = step.line.toString();
        step.line.setLength(0);
        plain("#" + step.number + " " + seconds(step).replace("s", "") + " " + line);
        step.tail.addLast(line);
        step.all.add(line);
        if (step.tail.size() > TAIL_LINES) {
            step.tail.removeFirst();
        }
    }

    private void draw(boolean isLast) {
        long now = clock.millis();
        if (!isLast && now - drawnAt < REDRAW_MILLIS) {
            return;
        }
        drawnAt = now;
        List<String> lines = new ArrayList<>();
        long done = steps.values().stream().filter(Step::isDone).count();
        for (Step step : steps.values()) {
            String mark = step.isDone() ? "=> " + (step.vertex.flag("cached") ? "CACHED " : "") : "=> ";
            String name = mark + step.vertex.text("name").replace('\n', ' ');
            String time = seconds(step);
            int width = Math.max(10, columns - time.length() - 2);
            lines.add(" " + pad(Text.ellipsis(name, width - 1), width - 1) + " " + time);
            if (!step.isDone()) {
                step.tail.forEach(
                        line -> lines.add(" => => # " + Text.ellipsis(line.replace('\r', ' '), columns - 12)));
            }
        }
        int room = Math.max(3, rows - 3);
        List<String> shown = lines.size() > room ? lines.subList(lines.size() - room, lines.size()) : lines;
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        text.append("\u001b[J[+] Building ").append(done).append('/').append(steps.size());
        text.append(isLast ? " FINISHED\n" : "\n");
        shown.forEach(line -> text.append(line).append('\n'));
        drawn = isLast ? 0 : shown.size() + 1;
        out.print(text);
        out.flush();
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }
}
