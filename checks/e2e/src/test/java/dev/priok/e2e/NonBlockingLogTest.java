package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code --log-opt mode=non-blocking}: a container never waits for who takes its output, and what is dropped is counted. */
@ExtendWith(SharedDaemon.class)
@Timeout(Program.TIMEOUT_SECONDS)
class NonBlockingLogTest {
    /** More than what every buffer between a container and a client that has stopped could hold. */
    private static final int LINES = 1_500_000;

    /** {@code docker run} that is stopped holds an ordinary container back; this one comes to its end at once. */
    @Test
    void stoppedReader_isNotWaitedForAndEachDroppedLineIsCounted() throws Exception {
        Docker docker = SharedDaemon.get().docker();
        String name = "never-waits";
        Process run = docker.start(
                "run",
                "--name",
                name,
                "--log-opt",
                "mode=non-blocking",
                "--log-opt",
                "max-buffer-size=64k",
                Busybox.IMAGE,
                "seq",
                "1",
                "" + LINES);
        try {
            // Nobody reads what the command prints.
            Await.until(() -> docker.run("inspect", "-f", "{{.State.Status}}", name)
                    .line()
                    .equals("exited"));
            run.destroyForcibly();
            assertEquals("0", docker.ok("wait", name));
            List<String> logged = docker.run("logs", name).out().lines().toList();
            int last = 0;
            for (String line : logged) {
                int number = Integer.parseInt(line);
                assertTrue(number > last, "a line that is broken, or out of order: " + line);
                last = number;
            }
            long dropped = Long.parseLong(docker.ok("inspect", "-f", "{{.LogDropped.Lines}}", name));
            assertTrue(dropped > 0, "nothing was dropped: " + logged.size());
            assertEquals(LINES, logged.size() + dropped);
        } finally {
            run.destroyForcibly();
            docker.ok("rm", "-f", name);
        }
    }

    @Test
    void driversOfFiles_takeTheMode() {
        Docker docker = SharedDaemon.get().docker();
        for (String driver : List.of("json-file", "local")) {
            Program.Result run = docker.run(
                    "run",
                    "--rm",
                    "--log-driver",
                    driver,
                    "--log-opt",
                    "mode=non-blocking",
                    Busybox.IMAGE,
                    "echo",
                    "hi");
            assertEquals("hi", run.line(), run.err());
            assertEquals("", run.err());
        }
        assertTrue(docker.run("create", "--log-opt", "max-buffer-size=4k", Busybox.IMAGE, "true")
                .err()
                .contains("max-buffer-size option is only supported with 'mode=non-blocking'"));
    }
}
