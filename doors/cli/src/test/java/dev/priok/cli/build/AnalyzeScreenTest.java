package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The screen on a terminal of 80 columns and 24 rows. */
@Timeout(20)
final class AnalyzeScreenTest {
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final String REPORT = """
            {"Image":"sha256:1","Size":3000000,"Wasted":1000,"Score":93,
             "Layers":[
              {"CreatedBy":"ADD base /","Size":2000000,"Added":12,"Overwritten":0,"Removed":0,"Largest":["bin/busybox"]},
              {"CreatedBy":"RUN <b>make</b> %s","Size":1000000,"Added":1,"Overwritten":2,"Removed":3,"Largest":["app/%s","app/b"]}],
             "WastedPaths":[{"Path":"tmp/waste","Size":1000,"Times":1}],
             "Leftovers":[{"Kind":"package cache","Path":"var/cache/apt","Size":7}],
             "Advice":["use a smaller base"]}
            """.formatted("x".repeat(100), "y".repeat(100));

    @TempDir
    private Path folder;

    private FakeDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(folder);
        daemon.on("GET /priok/images/app/analysis", 200, REPORT);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    /** The screens that were drawn: one, and one more after each key. */
    private List<List<String>> screens(String keys) {
        CommandLine line = new CommandLine(daemon).input(keys);
        line.terminal().attach();
        CommandLine.Result result = line.run("image", "analyze", "app");
        assertEquals(0, result.exitCode(), result.err());
        assertFalse(line.terminal().isRaw());
        assertTrue(result.out().endsWith("\u001b[?25h\u001b[?1049l"), "the user's screen comes back");
        List<String> parts = Arrays.asList(result.out().split(java.util.regex.Pattern.quote(CLEAR), -1));
        return parts.subList(1, parts.size()).stream()
                .map(s -> List.of(s.replace("\u001b[?25h\u001b[?1049l", "").split("\r\n", -1)))
                .toList();
    }

    @Test
    void everyScreen_fitsTheTerminal() {
        for (List<String> screen : screens("jj\t\t\tkk q")) {
            assertEquals(24, screen.size());
            for (String line : screen) {
                assertTrue(line.replaceAll("\u001b\\[[0-9]*m", "").length() <= 80, line);
            }
        }
    }

    @Test
    void arrows_walkThroughTheLayers() {
        List<List<String>> screens = screens("\u001b[B\u001b[B\u001b[Aq");
        assertEquals(4, screens.size());
        assertTrue(
                screens.get(0).get(0).contains("3MB, wasted 1kB, score 93 of 100"),
                screens.get(0).get(0));
        assertTrue(screens.get(0).get(2).startsWith("\u001b[7m"), "the first is chosen");
        assertTrue(screens.get(0).contains("  /bin/busybox"));
        assertTrue(screens.get(1).get(3).startsWith("\u001b[7m"));
        assertTrue(screens.get(1).contains("  /app/b"));
        assertEquals(screens.get(1), screens.get(2), "there is nothing below the last");
        assertEquals(screens.get(0), screens.get(3));
    }

    @Test
    void tab_showsWasteAndAdvice() {
        List<List<String>> screens = screens("\t\t\tq");
        assertTrue(
                screens.get(1).stream().anyMatch(l -> l.endsWith("1kB  /tmp/waste")),
                screens.get(1).toString());
        assertTrue(screens.get(2).contains("- use a smaller base"));
        assertEquals(screens.get(0), screens.get(3));
    }

    @Test
    void endOfInput_escape_andInterrupt_leave() {
        assertEquals(1, screens("").size());
        assertEquals(1, screens("\u001b").size());
        assertEquals(1, screens("\u0003j").size());
    }

    @Test
    void html_isWholeAndEscaped() throws IOException {
        Path page = folder.resolve("page.html");
        CommandLine line = new CommandLine(daemon);
        line.terminal().attach();
        assertEquals(
                0,
                line.run("image", "analyze", "--html", page.toString(), "app").exitCode());
        String text = Files.readString(page);
        assertTrue(text.contains("RUN &lt;b&gt;make&lt;/b&gt;") && text.contains("/tmp/waste"), text);
        assertFalse(text.contains("<b>") || text.contains("http"), "nothing from elsewhere");
    }
}
