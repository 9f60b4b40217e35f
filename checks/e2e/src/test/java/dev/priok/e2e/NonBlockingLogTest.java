package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Priok before took the option with a warning: such containers run on, with their journals where these were. */
    @Test
    void journalsOfAnOlderDaemon_areTakenOver() throws Exception {
        try (TestDaemon own = TestDaemon.start()) {
            Docker docker = own.docker();
            Busybox.into(docker);
            String script = "echo before; while [ ! -e /go ]; do sleep 0.1; done; echo after";
            String id = docker.ok("run", "-d", "--log-opt", "mode=non-blocking", Busybox.IMAGE, "sh", "-c", script);
            Await.until(() -> docker.run("logs", id).out().contains("before"));
            own.kill();
            Path containers = own.root().resolve("run/containers");
            Files.move(
                    containers.resolve(id + ".journals"),
                    own.dataRoot().resolve("containers").resolve(id).resolve("journals"));
            own.launch();
            assertEquals("running", docker.ok("inspect", "-f", "{{.State.Status}}", id));
            docker.ok("exec", id, "touch", "/go");
            assertEquals("0", docker.ok("wait", id));
            assertEquals("before\nafter", docker.ok("logs", id));
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
