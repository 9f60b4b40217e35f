package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples do what they say. */
@ExtendWith(SharedDaemon.class)
class ExampleTest {
    /** Tests run in the folder of their module. */
    private static final Path EXAMPLES =
            Path.of("..", "..", "examples").toAbsolutePath().normalize();

    @Test
    void hello_greets() {
        Docker docker = SharedDaemon.get().docker();
        docker.run(
                        "build",
                        "-t",
                        "hello",
                        "--build-arg",
                        "BASE=" + Busybox.IMAGE,
                        EXAMPLES.resolve("hello").toString())
                .ok();
        List<String> lines = docker.ok("run", "--rm", "--hostname", "box", "-e", "NAME=you", "hello")
                .lines()
                .toList();
        assertEquals(
                List.of("HELLO FROM A CONTAINER MADE BY SYSTEM CALLS", "name: you, host: box, process: 1, user: 1000"),
                lines);
        docker.ok("rmi", "hello");
    }
}
