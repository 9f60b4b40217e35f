package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the daemon at random points of a build: the same build after it makes the image that a build without any
 * kill makes, and everything that was half made is given back. A few rounds in every test run, {@code -Dpriok.kill.rounds=100} by
 * {@code make faults}.
 */
@ExtendWith(SharedDaemon.class)
class BuildKillTest {
    private static final int ROUNDS = Integer.getInteger("priok.kill.rounds", 3);
    private static final int FILES = 200;
    private static final String DOCKERFILE = """
            FROM bb AS left
            COPY files /files
            RUN cat /files/* > /all
            FROM bb AS right
            WORKDIR /made
            RUN i=0; while [ $i -lt 50 ]; do echo $i > file$i; i=$((i+1)); done; sleep 0.2
            RUN --mount=type=cache,target=/cache cp /made/file7 /cache/ && ls /cache > /seen
            FROM bb
            COPY --from=left /all /all
            COPY --from=right /made /made
            RUN chmod 600 /all && rm -rf /home/app
            COPY --from=right /seen /seen
            CMD ["cat", "/all"]
            """;

    @TempDir
    Path context;

    @Test
    void rounds_leaveTheCacheRightAndNothingBehind() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
        Files.createDirectories(context.resolve("files"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(context.resolve("files/" + i), "file " + i + "\n".repeat(i));
        }
        Random random = new Random(20261124);
        try (TestDaemon daemon = TestDaemon.start()) {
            Busybox.into(daemon.docker());
            long empty = snapshots(daemon);
            long begun = System.nanoTime();
            String clean = build(daemon);
            int cleanMillis = (int) ((System.nanoTime() - begun) / 1_000_000);
            forget(daemon, empty, "the clean build");
            for (int round = 0; round < ROUNDS; round++) {
                String name = "round " + round;
                Process client = Program.start(
                        Map.of("DOCKER_HOST", daemon.host(), "DOCKER_BUILDKIT", "0"),
                        List.of(Docker.command(), "build", "-q", "-t", "killed", context.toString()));
                Thread.sleep(random.nextInt(cleanMillis));
                daemon.kill();
                client.waitFor();
                daemon.launch();
                assertEquals(clean, build(daemon), name + ": the image of the build after the kill");
                // Every other round goes on with what the killed build had in its cache.
                if (round % 2 == 0) {
                    forget(daemon, empty, name);
                }
            }
            forget(daemon, empty, "the last round");
        }
    }

    private String build(TestDaemon daemon) {
        daemon.docker().ok("build", "-t", "killed", context.toString());
        return daemon.docker().ok("inspect", "-f", "{{.Id}}", "killed");
    }

    /** Removes what builds made, and expects the disk to be as before. */
    private static void forget(TestDaemon daemon, long empty, String name) throws IOException {
        daemon.docker().ok("rmi", "-f", "killed");
        daemon.docker().ok("builder", "prune", "-af");
        Await.until(() -> snapshots(daemon) <= empty);
        try (Stream<Path> scratch = Files.list(daemon.dataRoot().resolve("build/scratch"))) {
            assertEquals(List.of(), scratch.toList(), name + ": scratch of builds");
        }
        assertEquals(List.of(), Leftovers.mounts(daemon.root()), name + ": mounts");
    }

    /** Folders of layers and snapshots, those included that wait for their removal. */
    private static long snapshots(TestDaemon daemon) {
        try (Stream<Path> files = Files.walk(daemon.dataRoot().resolve("snapshots"), 2)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
