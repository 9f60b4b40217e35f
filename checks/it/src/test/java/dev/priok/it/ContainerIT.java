package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers of the real kernel, with a configuration like Docker's. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class ContainerIT {
    @TempDir
    Path folder;

    private Box box;

    @BeforeEach
    void open() throws Exception {
        box = new Box(folder);
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    @Test
    void echo_isHeard() throws Exception {
        assertEquals(new Box.Outcome(0, "hello\n", ""), box.run("echo", "hello"));
    }

    @Test
    void exitCode_isKept() throws Exception {
        assertEquals(new Box.Outcome(42, "", "oops\n"), box.shell("echo oops >&2; exit 42"));
    }
}
