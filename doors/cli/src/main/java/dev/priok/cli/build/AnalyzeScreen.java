package dev.priok.cli.build;

import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Text;
import dev.priok.cli.terminal.Terminal;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks through the layers of an image on a terminal: the layers above, below them the files of the chosen one, or what is wasted.
 * Everything is drawn anew after each key.
 */
final class AnalyzeScreen {
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final String REVERSE = "\u001b[7m";
    private static final String PLAIN = "\u001b[0m";
    private static final String HELP = "up/down: layer   space: page   tab: files, waste, advice   q: leave";
    private static final int ESCAPE = 27;
    private static final int INTERRUPT = 3;

    /** What is shown below the layers. */
    private enum Part {
        FILES,
        WASTE,
        ADVICE;

        Part next() {
            return this == FILES ? WASTE : this == WASTE ? ADVICE : FILES;
        }
    }

    private final String image;
    private final JsonObject report;
    private final List<JsonObject> layers;
    private int chosen;
    private int scrolled;
    private Part part = Part.FILES;

    AnalyzeScreen(String image, JsonObject report) {
        this.image = image;
        this.report = report;
        this.layers = report.objects("Layers");
    }

    /** Shows the image until the user leaves. */
    void show(Session session) throws IOException {
        PrintStream out = session.out();
        try (Terminal.Raw _ = session.terminal().enterRaw()) {
            out.print(ENTER);
            try {
                boolean stays = true;
                while (stays) {
                    draw(out, session.terminal().size());
                    stays = take(session.in());
                }
            } finally {
                out.print(LEAVE);
                out.flush();
            }
        }
    }

    private void draw(PrintStream out, Terminal.Size size) {
        int columns = size.columns() > 0 ? size.columns() : 80;
        int rows = size.rows() > 0 ? size.rows() : 24;
        List<String> lines = lines(columns, rows);
        out.print(CLEAR);
        for (int i = 0; i < lines.size(); i++) {
            out.print((i == 0 ? "" : "\r\n") + lines.get(i));
        }
        out.flush();
    }

    /** The screen, a line each; the chosen layer is in reverse. */
    List<String> lines(int columns, int rows) {
        List<String> lines = new ArrayList<>();
        lines.add(cut(
                "%s  %s, wasted %s, score %d of 100"
                        .formatted(image, size(report, "Size"), size(report, "Wasted"), report.number("Score")),
                columns));
        lines.add(cut("     SIZE   ADDED CHANGED REMOVED  CREATED BY", columns));
        int shown = Math.max(1, Math.min(layers.size(), (rows - 4) / 2));
        int first = Math.clamp(chosen - shown / 2, 0, Math.max(0, layers.size() - shown));
        for (int i = first; i < Math.min(layers.size(), first + shown); i++) {
            JsonObject layer = layers.get(i);
            String line = cut(
                    "%9s %7d %7d %7d  %s"
                            .formatted(
                                    size(layer, "Size"),
                                    layer.number("Added"),
                                    layer.number("Overwritten"),
                                    layer.number("Removed"),
                                    layer.text("CreatedBy").replaceAll("\\p{Cntrl}", " ")),
                    columns);
            lines.add(i == chosen ? REVERSE + line + PLAIN : line);
        }
        List<String> below = below();
        int left = rows - lines.size() - 2;
        scrolled = Math.clamp(scrolled, 0, Math.max(0, below.size() - left));
        lines.add(cut("-- " + title() + " " + "-".repeat(Math.max(0, columns - title().length() - 4)), columns));
        for (int i = scrolled; i < Math.min(below.size(), scrolled + left); i++) {
            lines.add(cut(below.get(i), columns));
        }
        while (lines.size() < rows - 1) {
            lines.add("");
        }
        lines.add(cut(HELP, columns));
        return lines;
    }

    private String title() {
        return switch (part) {
            case FILES -> "largest files of layer " + (chosen + 1) + " of " + layers.size();
            case WASTE -> "overwritten or removed by later layers";
            case ADVICE -> "left behind, and advice";
        };
    }

    private List<String> below() {
        List<String> lines = new ArrayList<>();
        switch (part) {
            case FILES -> {
                if (!layers.isEmpty()) {
                    layers.get(chosen).texts("Largest").forEach(path -> lines.add("  /" + path));
                }
            }
            case WASTE ->
                report.objects("WastedPaths")
                        .forEach(w -> lines.add("%9s  /%s".formatted(size(w, "Size"), w.text("Path"))));
            case ADVICE -> {
                report.objects("Leftovers")
                        .forEach(l ->
                                lines.add("%9s  %s: /%s".formatted(size(l, "Size"), l.text("Kind"), l.text("Path"))));
                report.texts("Advice").forEach(a -> lines.add("- " + a));
            }
        }
        return lines.isEmpty() ? List.of("  none") : lines;
    }

    /** Does what a key means; false for the one that leaves, and when there are no more. */
    private boolean take(InputStream in) throws IOException {
        int key = in.read();
        if (key == ESCAPE) {
            // An arrow is ESC [ A; ESC alone leaves, and whatever follows it at once is one key with it.
            if (in.available() == 0) {
                return false;
            }
            int second = in.read();
            key = second == '[' || second == 'O' ? -in.read() : 0;
        }
        switch (key) {
            case -'A', 'k' -> choose(chosen - 1);
            case -'B', 'j' -> choose(chosen + 1);
            case ' ', -'6' -> scrolled += 10;
            case 'b', -'5' -> scrolled -= 10;
            case '\t' -> {
                part = part.next();
                scrolled = 0;
            }
            default -> {
                return key != 'q' && key != INTERRUPT && key != -1;
            }
        }
        return true;
    }

    private void choose(int layer) {
        chosen = Math.clamp(layer, 0, Math.max(0, layers.size() - 1));
        scrolled = 0;
    }

    private static String cut(String line, int columns) {
        return Text.ellipsis(line, columns);
    }

    private static String size(JsonObject from, String field) {
        return HumanSize.ofThousands(from.number(field));
    }
}
