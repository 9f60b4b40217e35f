package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code kill -9} of the daemon at random moments while containers are started, run into and removed; a few rounds in every test
 * run, {@code -Dpriok.kill.rounds=200} by {@code make faults}.
 */
@ExtendWith(SharedDaemon.class)
class KillRoundsTest {
    private static final int ROUNDS = Integer.getInteger("priok.kill.rounds", 3);
    private static final int CONTAINERS = 4;
    private static final int LINES = 300;
    private static final String SCRIPT =
            "i=0; while [ $i -lt " + LINES + " ]; do echo line $i; i=$((i+1)); done; sleep 0.2; exit 7";
    private static final String EXPECTED =
            IntStream.range(0, LINES).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());

    @Test
    void rounds_loseNothingAndLeaveNothing() throws Exception {
        Random random = new Random(20261124);
        try (TestDaemon daemon = TestDaemon.start()) {
            Busybox.into(daemon.docker());
            for (int round = 0; round < ROUNDS; round++) {
                round(daemon, random.nextInt(400), "round " + round);
            }
        }
    }

    private static void round(TestDaemon daemon, int killAfterMillis, String name) throws Exception {
        Docker docker = daemon.docker();
        List<String> known = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Program.Result>> started = new ArrayList<>();
            for (int i = 0; i < CONTAINERS; i++) {
                started.add(pool.submit(work(docker)));
            }
            Thread.sleep(killAfterMillis);
            daemon.kill();
            for (Future<Program.Result> one : started) {
                if (one.get().exit() == 0) {
                    known.add(one.get().line());
                }
            }
        }
        daemon.launch();
        for (String id : known) {
            assertEquals("7", docker.ok("wait", id), name + ": exit code of " + id);
            assertEquals(EXPECTED, docker.run("logs", id).ok().out(), name + ": log of " + id);
        }
        // What was half made when the daemon died either works or is gone; it can always be removed.
        for (String id : docker.ok("ps", "-aq", "--no-trunc").lines().toList()) {
            docker.ok("rm", "-f", id);
        }
        assertEquals("", docker.ok("ps", "-aq"), name);
        Await.until(() -> containersOf(daemon).isEmpty());
        Await.until(() -> TestNetwork.of(daemon.root()).containerLinks().isEmpty());
        assertEquals(List.of(), Leftovers.mounts(daemon.root()), name + ": mounts");
    }

    private static Callable<Program.Result> work(Docker docker) {
        return () -> docker.run("run", "-d", Busybox.IMAGE, "sh", "-c", SCRIPT);
    }

    /** Cgroups of containers that are still there, in every hierarchy. */
    private static List<Path> containersOf(TestDaemon daemon) {
        List<Path> found = new ArrayList<>();
        for (Path cgroup : Leftovers.cgroups(daemon.root().getFileName().toString())) {
            try (Stream<Path> children = Files.list(cgroup)) {
                children.filter(Files::isDirectory).forEach(found::add);
            } catch (IOException e) {
                assertTrue(Files.notExists(cgroup), e.toString());
            }
        }
        return found;
    }
}
