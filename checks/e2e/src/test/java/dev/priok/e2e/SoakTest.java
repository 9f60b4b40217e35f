package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One daemon under a mix of everything that users do, for some seconds in every test run and for half an hour by {@code make soak}
 * ({@code -Dpriok.soak.seconds}): no operation fails, and what the daemon and the host have of it does not grow. A line of figures a
 * minute goes to the file {@code -Dpriok.soak.report}.
 */
@ExtendWith(SharedDaemon.class)
class SoakTest {
    private static final long SECONDS = Long.getLong("priok.soak.seconds", 4);
    private static final String REPORT = System.getProperty("priok.soak.report", "");
    private static final int WORKERS = 3;
    private static final int SAMPLES = Math.clamp(SECONDS / 60, 2, 60);
    private static final int MOST_FAILURES = 20;

    /** What the figures may differ by between two quiet moments; the heap grows until its first large collection. */
    private static final long MOST_DESCRIPTORS = 30;

    private static final long MOST_THREADS = 30;
    private static final long MOST_DISK_MIB = 64;
    private static final long MOST_MEMORY_MIB = 128;

    private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
    private final AtomicLong operations = new AtomicLong();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean over;

    @Test
    void mixOfOperations_neitherFailsNorGrows() throws Exception {
        List<SoakSample> samples = new ArrayList<>();
        try (TestDaemon daemon = TestDaemon.start()) {
            Busybox.into(daemon.docker());
            for (int worker = 0; worker < WORKERS; worker++) {
                daemon.docker()
                        .ok(
                                "run",
                                "-d",
                                "--init",
                                "--name",
                                SoakOperations.base(worker),
                                Busybox.IMAGE,
                                "sleep",
                                "9999");
            }
            try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> workers = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    SoakOperations mine = new SoakOperations(daemon, worker);
                    Random random = new Random(worker);
                    workers.add(pool.submit(() -> work(mine, random)));
                }
                long begun = System.nanoTime();
                try {
                    for (int i = 1; i <= SAMPLES && failures.size() < MOST_FAILURES; i++) {
                        long at = begun + Duration.ofSeconds(SECONDS).toNanos() * i / SAMPLES;
                        Thread.sleep(Duration.ofNanos(Math.max(0, at - System.nanoTime())));
                        samples.add(sample(daemon, begun));
                    }
                } finally {
                    over = true;
                }
                for (Future<?> worker : workers) {
                    worker.get();
                }
            }
        }
        assertEquals(List.of(), failures);
        assertTrue(operations.get() >= WORKERS, "operations: " + operations);
        judge(samples);
    }

    private void work(SoakOperations operation, Random random) {
        while (!over && failures.size() < MOST_FAILURES) {
            quiet.readLock().lock();
            try {
                operation.one(random);
                operations.incrementAndGet();
            } catch (AssertionError | IOException | RuntimeException e) {
                failures.add(String.valueOf(e.getMessage()));
            } finally {
                quiet.readLock().unlock();
            }
        }
    }

    /** Measures while nobody works and nothing is left to be cleaned up. */
    private SoakSample sample(TestDaemon daemon, long begun) throws IOException {
        quiet.writeLock().lock();
        try {
            Docker docker = daemon.docker();
            docker.ok("builder", "prune", "-af");
            docker.ok("image", "prune", "-f");
            docker.ok("volume", "prune", "-af");
            assertEquals(
                    Integer.toString(WORKERS),
                    Long.toString(docker.ok("ps", "-aq").lines().count()));
            Await.until(() -> TestNetwork.of(daemon.root()).containerLinks().size() == WORKERS
                    && SoakSample.cgroups(daemon) == SoakSample.cgroupsOf(daemon, WORKERS));
            SoakSample sample = SoakSample.of(
                    daemon, Duration.ofNanos(System.nanoTime() - begun).toSeconds(), operations.get(), failures.size());
            report(sample);
            return sample;
        } finally {
            quiet.writeLock().unlock();
        }
    }

    private static void report(SoakSample sample) throws IOException {
        if (!REPORT.isEmpty()) {
            Path file = Path.of(REPORT);
            List<String> lines = Files.exists(file) ? new ArrayList<>(Files.readAllLines(file)) : new ArrayList<>();
            if (lines.isEmpty()) {
                lines.add(SoakSample.HEAD);
            }
            lines.add(sample.row());
            Files.write(file, lines);
        }
    }

    /** Compares with a sample from when everything was warm. */
    private static void judge(List<SoakSample> samples) {
        SoakSample warm = samples.get(samples.size() / 3);
        SoakSample last = samples.getLast();
        String both = SoakSample.HEAD + "\n" + warm.row() + "\n" + last.row();
        assertEquals(warm.mounts(), last.mounts(), both);
        assertEquals(warm.cgroups(), last.cgroups(), both);
        assertEquals(warm.processes(), last.processes(), both);
        assertTrue(last.descriptors() <= warm.descriptors() + MOST_DESCRIPTORS, both);
        assertTrue(last.threads() <= warm.threads() + MOST_THREADS, both);
        assertTrue(last.diskMib() <= warm.diskMib() + MOST_DISK_MIB, both);
        assertTrue(last.memoryMib() <= warm.memoryMib() + MOST_MEMORY_MIB, both);
    }
}
