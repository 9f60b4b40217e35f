package dev.priok.cli.terminal;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.format.HumanSize;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Prints the progress messages of pull, push, load and build: bars that move on a terminal, plain lines elsewhere.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/">progress messages</a>
 */
public final class ProgressLog {
    private static final int BAR_WIDTH = 50;
    /** Narrowest terminal that shows a bar beside the numbers. */
    private static final int BAR_NEEDS_COLUMNS = 110;

    private final PrintStream out;
    private final boolean isTerminal;
    private final int columns;
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    /** Takes what the daemon says beside progress. */
    @FunctionalInterface
    public interface Notes {
        void note(JsonObject aux);
    }

    /**
     * @param columns width of the terminal; zero when unknown
     */
    public ProgressLog(PrintStream out, boolean isTerminal, int columns) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.columns = columns > 0 ? columns : 200;
    }

    /**
     * Prints all messages of an answer.
     *
     * @throws CommandFailed when the daemon reports an error among them; its code becomes the exit code
     */
    public void show(InputStream messages, Notes notes) throws IOException {
        Json.readAll(messages, message -> {
            if (message.has("aux")) {
                notes.note(message.object("aux"));
            } else {
                show(message);
            }
        });
        out.flush();
    }

    private void show(JsonObject message) {
        JsonObject error = message.object("errorDetail");
        if (message.has("errorDetail") || message.has("error")) {
            out.flush();
            String text = error.has("message") ? error.text("message") : message.text("error");
            long code = error.number("code");
            throw new CommandFailed(text, code > 0 && code < 256 ? (int) code : CommandFailed.FAILURE);
        }
        String id = message.text("id");
        boolean hasProgress = message.has("progressDetail");
        int up = 0;
        if (!id.isEmpty() && (hasProgress || !message.text("progress").isEmpty())) {
            Integer line = lines.get(id);
            if (line == null) {
                line = lines.size();
                lines.put(id, line);
                if (isTerminal) {
                    out.print('\n');
                }
            }
            up = lines.size() - line;
            move(up, 'A');
        } else {
            lines.clear();
        }
        print(message, id, hasProgress);
        move(up, 'B');
        if (isTerminal) {
            out.flush();
        }
    }

    private void print(JsonObject message, String id, boolean hasProgress) {
        String stream = message.text("stream");
        String progress = hasProgress ? progress(message.object("progressDetail")) : "";
        boolean redraws = isTerminal && stream.isEmpty() && hasProgress;
        if (redraws) {
            out.print("\u001b[2K\r");
        } else if (!progress.isEmpty()) {
            return;
        }
        if (!id.isEmpty()) {
            out.print(id);
            out.print(": ");
        }
        if (!stream.isEmpty()) {
            out.print(stream);
            return;
        }
        out.print(message.text("status"));
        if (redraws) {
            out.print(' ');
            out.print(progress);
            out.print('\r');
        } else {
            out.print('\n');
        }
    }

    private String progress(JsonObject detail) {
        long current = detail.number("current");
        long total = detail.number("total");
        if (current <= 0 && total <= 0) {
            return "";
        }
        boolean isCounted = detail.text("units").isEmpty();
        String done = isCounted ? HumanSize.ofThousandsPrecise(current) : Long.toString(current);
        String numbers = " ".repeat(Math.max(0, 8 - done.length())) + done;
        if (total <= 0 || current > total) {
            return numbers;
        }
        String all = isCounted ? HumanSize.ofThousandsPrecise(total) : total + " " + detail.text("units");
        int filled = (int) Math.min(BAR_WIDTH, current * 100 / total / 2);
        String bar = columns > BAR_NEEDS_COLUMNS
                ? "[" + "=".repeat(filled) + ">" + " ".repeat(BAR_WIDTH - filled) + "] "
                : "";
        return bar + (detail.flag("hidecounts") ? "" : numbers + "/" + all);
    }

    private void move(int count, char direction) {
        if (isTerminal && count > 0) {
            out.print("\u001b[" + count + direction);
        }
    }
}
