package dev.priok.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.cli.command.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressLogTest {
    private static final String PULL = """
            {"status":"Pulling from a","id":"latest"}
            {"status":"Waiting","progressDetail":{},"id":"l1"}
            {"status":"Downloading","progressDetail":{"current":500000,"total":1000000},"id":"l1"}
            {"status":"Done","progressDetail":{},"id":"l1"}
            {"status":"Status: fine"}
            """;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> notes = new ArrayList<>();

    private String show(String messages, boolean isTerminal, int columns) throws IOException {
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        new ProgressLog(out, isTerminal, columns)
                .show(
                        new ByteArrayInputStream(messages.getBytes(StandardCharsets.UTF_8)),
                        aux -> notes.add(aux.text("ID")));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void show_noTerminal_leavesBarsOut() throws IOException {
        assertEquals("latest: Pulling from a\nl1: Waiting\nl1: Done\nStatus: fine\n", show(PULL, false, 0));
    }

    @Test
    void show_terminal_redrawsTheLine() throws IOException {
        String text = show(PULL, true, 200);
        String bar = "[" + "=".repeat(25) + ">" + " ".repeat(25) + "]    500kB/1MB";
        assertEquals(
                "latest: Pulling from a\n\n\u001b[1A\u001b[2K\rl1: Waiting \r\u001b[1B"
                        + "\u001b[1A\u001b[2K\rl1: Downloading " + bar + "\r\u001b[1B"
                        + "\u001b[1A\u001b[2K\rl1: Done \r\u001b[1BStatus: fine\n",
                text);
    }

    @Test
    void show_narrowTerminal_hasNumbersOnly() throws IOException {
        assertEquals(true, show(PULL, true, 80).contains("l1: Downloading    500kB/1MB\r"));
    }

    @Test
    void show_error_endsTheCommandWithItsCode() {
        CommandFailed failed = assertThrows(
                CommandFailed.class,
                () -> show(
                        "{\"stream\":\"a\"}{\"errorDetail\":{\"code\":7,\"message\":\"boom\"},\"error\":\"boom\"}",
                        false,
                        0));
        assertEquals("boom", failed.message());
        assertEquals(7, failed.exitCode());
        assertEquals("a", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void show_aux_goesToNotes() throws IOException {
        assertEquals("x\n", show("{\"aux\":{\"ID\":\"1\"}}{\"stream\":\"x\\n\"}", false, 0));
        assertEquals(List.of("1"), notes);
    }
}
