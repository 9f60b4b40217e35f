package dev.priok.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.TerminalCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mode=non-blocking}: the container never waits, whole lines are dropped, and each of them is counted. */
@Timeout(60)
class NonBlockingTest {
    private static final DescriptorCalls CALLS = DescriptorCalls.host();

    @TempDir
    Path folder;

    private LogDriver driver(String name, String bufferBytes) {
        LogSubject subject = new LogSubject("c1", "web", "", "", List.of(), Map.of(), List.of());
        Map<String, String> options = Map.of("mode", "non-blocking", "max-buffer-size", bufferBytes);
        return LogDrivers.open(new LogConfig(name, options), subject, folder, InstantSource.system());
    }

    /** A log whose disk hangs: a write returns when it is let go, and not before. */
    private static final class Hanging extends ForwardingDriver {
        private final CountDownLatch go;

        Hanging(LogDriver disk, CountDownLatch go) {
            super(disk);
            this.go = go;
        }

        @Override
        public void write(LogBatch batch, Marks marks) throws IOException {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            super.write(batch, marks);
        }
    }

    private static List<String> logged(LogDriver driver) throws Exception {
        List<String> lines = new ArrayList<>();
        try (LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
            for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                lines.add(new String(entry.get().bytes(), StandardCharsets.UTF_8));
            }
        }
        return lines;
    }

    private Output output(DescriptorCalls.Pipe pipe, LogDriver driver) throws IOException {
        CALLS.setNonBlocking(pipe.read(), true);
        return new Output(
                "c1",
                List.of(new Output.Source(LogStream.STDOUT, pipe.read(), false)),
                Optional.of(Journals.create(folder, Set.of(LogStream.STDOUT))),
                driver,
                new Fanout());
    }

    /** All lines that were written are in the log, whole and in order, or counted as dropped. */
    private static void assertExact(List<String> written, LogDriver driver) throws Exception {
        List<String> logged = logged(driver);
        int at = 0;
        long loggedBytes = 0;
        for (String line : logged) {
            while (at < written.size() && !written.get(at).equals(line)) {
                at++;
            }
            assertTrue(at < written.size(), "not written, or not in this order: " + line);
            at++;
            loggedBytes += line.length();
        }
        Overflow.Dropped dropped = driver.overflow().orElseThrow().dropped();
        assertEquals(written.size(), logged.size() + dropped.lines());
        assertEquals(String.join("", written).length(), loggedBytes + dropped.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-file", "local"})
    void hangingDisk_theWriterNeverWaits(String name) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LogDriver driver = new Hanging(driver(name, "16k"), go);
                DescriptorCalls.Pipe pipe = CALLS.pipe();
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            CALLS.setPipeBytes(pipe.read(), 4096);
            OutputPump.Pumped pumped = pump.add(output(pipe, driver));
            List<String> written = new ArrayList<>();
            Thread writer = Thread.ofPlatform().start(() -> write(pipe.write(), 20_000, written));
            assertTrue(writer.join(java.time.Duration.ofSeconds(20)), "the writer waits for the disk");
            assertFalse(pumped.drained().isDone());
            go.countDown();
            pipe.write().close();
            pumped.drained().get(20, TimeUnit.SECONDS);
            assertExact(written, driver);
            Overflow.Dropped dropped = driver.overflow().orElseThrow().dropped();
            long bytes = String.join("", written).length();
            // What the disk had in its hands, the buffer, a line begun, and what came after it went on.
            assertTrue(
                    bytes - dropped.bytes() < 16384 + 2 * (64 << 10) + LogDriver.MAXIMUM_LINE_BYTES,
                    dropped.toString());
        }
    }

    private static void write(Fd to, int lines, List<String> written) {
        try {
            for (int i = 0; i < lines; i++) {
                String line = "line " + i + "\n";
                written.add(line);
                CALLS.writeAll(to, line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lines of all lengths, cut anywhere by the writes, and a log that fails now and then. */
    @Test
    void failingDisk_eachLineIsWholeOrCounted() throws Exception {
        long seed = 20261124;
        Random random = new Random(seed);
        class Failing extends ForwardingDriver {
            private int writes;

            Failing(LogDriver disk) {
                super(disk);
            }

            @Override
            public void write(LogBatch batch, Marks marks) throws IOException {
                if (++writes % 3 == 1) {
                    throw new IOException("no space left on device");
                }
                super.write(batch, marks);
            }
        }
        try (LogDriver driver = new Failing(driver("json-file", "4k"));
                DescriptorCalls.Pipe pipe = CALLS.pipe();
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            OutputPump.Pumped pumped = pump.add(output(pipe, driver));
            List<String> written = new ArrayList<>();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 4000; i++) {
                String line = i + "x".repeat(random.nextInt(random.nextInt(50) == 0 ? 15_000 : 80)) + "\n";
                written.add(line);
                all.append(line);
            }
            byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
            for (int from = 0; from < bytes.length; ) {
                int count = Math.min(bytes.length - from, 1 + random.nextInt(9000));
                CALLS.writeAll(pipe.write(), java.util.Arrays.copyOfRange(bytes, from, from + count));
                from += count;
                if (random.nextInt(20) == 0) {
                    Thread.sleep(5);
                }
            }
            pipe.write().close();
            pumped.drained().get(20, TimeUnit.SECONDS);
            assertExact(written, driver);
            assertTrue(driver.overflow().orElseThrow().dropped().lines() > 0, "seed " + seed);
        }
    }

    @Test
    void anotherDaemon_goesOnCounting() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        long before;
        try (LogDriver driver = new Hanging(driver("json-file", "1k"), go);
                DescriptorCalls.Pipe pipe = CALLS.pipe();
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            OutputPump.Pumped pumped = pump.add(output(pipe, driver));
            write(pipe.write(), 10_000, new ArrayList<>());
            pipe.write().close();
            go.countDown();
            pumped.drained().get(20, TimeUnit.SECONDS);
            before = driver.overflow().orElseThrow().dropped().lines();
            assertTrue(before > 0);
        }
        try (LogDriver driver = driver("json-file", "1k");
                DescriptorCalls.Pipe pipe = CALLS.pipe();
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            OutputPump.Pumped pumped = pump.add(output(pipe, driver));
            pipe.write().close();
            pumped.drained().get(20, TimeUnit.SECONDS);
            assertEquals(before, driver.overflow().orElseThrow().dropped().lines());
        }
    }

    /** The disk never comes back: what was buffered is counted too when nobody waits for it any more. */
    @Test
    void givenUp_theRestIsCounted() throws Exception {
        class Broken extends ForwardingDriver {
            Broken(LogDriver disk) {
                super(disk);
            }

            @Override
            public void write(LogBatch batch, Marks marks) throws IOException {
                throw new IOException("input/output error");
            }
        }
        try (LogDriver driver = new Broken(driver("json-file", "4k"));
                DescriptorCalls.Pipe pipe = CALLS.pipe();
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            OutputPump.Pumped pumped = pump.add(output(pipe, driver));
            List<String> written = new ArrayList<>();
            write(pipe.write(), 5_000, written);
            pumped.abandon();
            pumped.drop();
            try {
                pumped.drained().get(20, TimeUnit.SECONDS);
            } catch (java.util.concurrent.CancellationException expected) {
                assertEquals(
                        written.size(),
                        driver.overflow().orElseThrow().dropped().lines());
            }
            assertTrue(pumped.drained().isCancelled());
            assertFalse(Files.exists(folder.resolve("stdout.journal")));
        }
    }

    @Test
    void terminal_isDroppedFromToo() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Fd master = FileCalls.host().open("/dev/ptmx", OpenFlag.RDWR | OpenFlag.NOCTTY | OpenFlag.NONBLOCK);
        TerminalCalls.host().unlock(master);
        try (master;
                LogDriver driver = new Hanging(driver("json-file", "2k"), go);
                OutputPump pump = OutputPump.start(InstantSource.system())) {
            OutputPump.Pumped pumped = pump.add(new Output(
                    "c1",
                    List.of(new Output.Source(LogStream.STDOUT, master, true)),
                    Optional.of(Journals.create(folder, Set.of(LogStream.STDOUT))),
                    driver,
                    new Fanout()));
            List<String> written = new ArrayList<>();
            try (Fd slave = TerminalCalls.host().openSlave(master)) {
                write(slave, 3_000, written);
            }
            go.countDown();
            pumped.drained().get(20, TimeUnit.SECONDS);
            assertExact(written.stream().map(line -> line.replace("\n", "\r\n")).toList(), driver);
            assertTrue(driver.overflow().orElseThrow().dropped().lines() > 0);
        }
    }
}
