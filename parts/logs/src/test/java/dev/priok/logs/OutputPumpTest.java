package dev.priok.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.TerminalCalls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OutputPumpTest {
    private static final DescriptorCalls CALLS = DescriptorCalls.host();
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    Path folder;

    private OutputPump pump;

    @BeforeEach
    void start() throws Exception {
        pump = OutputPump.start(InstantSource.fixed(NOW));
    }

    @AfterEach
    void stop() {
        pump.close();
    }

    private LogDriver driver(Map<String, String> options) {
        LogSubject subject = new LogSubject("c1", "web", "", "", List.of(), Map.of("tier", "front"), List.of());
        return LogDrivers.open(new LogConfig("", options), subject, folder, InstantSource.system());
    }

    /** A container with pipes and journals. */
    private final class Container implements AutoCloseable {
        final DescriptorCalls.Pipe out = CALLS.pipe();
        final DescriptorCalls.Pipe err = CALLS.pipe();
        final Fanout fanout = new Fanout();
        final LogDriver driver;
        OutputPump.Pumped pumped;

        Container(LogDriver driver) throws Exception {
            this.driver = driver;
        }

        Container start() throws Exception {
            Journals journals = Journals.create(folder, Set.of(LogStream.STDOUT, LogStream.STDERR));
            pumped = pump.add(new Output("c1", sources(), Optional.of(journals), driver, fanout));
            return this;
        }

        List<Output.Source> sources() throws Exception {
            return List.of(
                    new Output.Source(LogStream.STDOUT, out.read(), false),
                    new Output.Source(LogStream.STDERR, err.read(), false));
        }

        void end() throws Exception {
            out.write().close();
            err.write().close();
            pumped.drained().get(20, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws java.io.IOException {
            out.close();
            err.close();
            driver.close();
        }
    }

    private static void write(Fd fd, String text) throws Exception {
        CALLS.writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Optional<LogEntry> entry) {
        return new String(entry.orElseThrow().bytes(), StandardCharsets.UTF_8);
    }

    private String file() throws Exception {
        return Files.readString(folder.resolve("c1-json.log"));
    }

    @Test
    void drained_logIsDockersAndJournalsAreGone() throws Exception {
        try (Container c = new Container(driver(Map.of("labels", "tier"))).start()) {
            write(c.out.write(), "one\ntw");
            write(c.out.write(), "o\n\nrest");
            c.end();
            String attributes =
                    "\"stream\":\"stdout\",\"attrs\":{\"tier\":\"front\"},\"time\":\"2026-01-02T03:04:05.678Z\"}\n";
            assertEquals(
                    "{\"log\":\"one\\n\"," + attributes + "{\"log\":\"two\\n\"," + attributes + "{\"log\":\"\\n\","
                            + attributes + "{\"log\":\"rest\"," + attributes,
                    file());
            assertEquals(List.of("c1-json.log"), names());
        }
    }

    private static byte[] recorded(String name) throws Exception {
        try (var in = new GZIPInputStream(OutputPumpTest.class.getResourceAsStream("/" + name))) {
            return in.readAllBytes();
        }
    }

    /** What Docker 28.5.2 made of the same bytes: escapes, invalid UTF-8, lines around 16 KiB, no newline at the end. */
    @Test
    void log_isByteForByteWhatDockerWrote() throws Exception {
        String docker = new String(recorded("docker-28.5-json.log.gz"), StandardCharsets.UTF_8);
        LogSubject subject = new LogSubject("c1", "log", "", "", List.of(), Map.of("tier", "front"), List.of("V=1"));
        LogConfig config = new LogConfig("json-file", Map.of("labels", "tier", "env", "V", "tag", "{{.Name}}"));
        try (Container c = new Container(LogDrivers.open(config, subject, folder, InstantSource.system())).start()) {
            byte[] raw = recorded("docker-28.5.raw.gz");
            for (int from = 0; from < raw.length; from += 5000) {
                CALLS.writeAll(c.out.write(), Arrays.copyOfRange(raw, from, Math.min(raw.length, from + 5000)));
            }
            c.end();
            assertEquals(docker.replaceAll("\"time\":\"[^\"]*\"", ""), file().replaceAll("\"time\":\"[^\"]*\"", ""));
        }
        // And it is read back as it was written.
        Files.writeString(folder.resolve("c1-json.log"), docker);
        StringBuilder read = new StringBuilder();
        try (LogDriver driver = driver(Map.of());
                LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
            for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                read.append(text(entry));
            }
            assertEquals(0, cursor.skipped());
        }
        // Java takes an encoded surrogate for one wrong character, Go for three.
        String lossy = new String(recorded("docker-28.5.raw.gz"), StandardCharsets.UTF_8)
                .replaceFirst("\ufffd\ufffd \ufffd", "\ufffd\ufffd \ufffd\ufffd\ufffd");
        assertEquals(lossy, read.toString());
    }

    private List<String> names() throws Exception {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void attachment_getsBytesBeforeTheLineEnds() throws Exception {
        try (Container c = new Container(driver(Map.of()))) {
            Attachment both = c.fanout.attach(true, true, Attachment.WhenFull.BLOCK);
            c.start();
            write(c.out.write(), "prompt> ");
            Attachment.Chunk chunk = both.next().orElseThrow();
            assertEquals("prompt> ", new String(chunk.bytes(), StandardCharsets.UTF_8));
            assertEquals(LogStream.STDOUT, chunk.stream());
            Attachment errors = c.fanout.attach(false, true, Attachment.WhenFull.DISCONNECT);
            write(c.err.write(), "oops\n");
            assertEquals("oops\n", new String(errors.next().orElseThrow().bytes(), StandardCharsets.UTF_8));
            c.end();
            assertTrue(errors.next().isEmpty());
            assertEquals(Attachment.End.ENDED, errors.reason());
        }
    }

    @Test
    void slowOnlooker_isCutOffAndNobodyWaits() throws Exception {
        try (Container c = new Container(LogDrivers.none())) {
            Attachment slow = c.fanout.attach(true, true, Attachment.WhenFull.DISCONNECT);
            c.start();
            String block = "x".repeat(1023) + "\n";
            for (int i = 0; i < 3 * 1024; i++) {
                write(c.out.write(), block);
            }
            c.end();
            int bytes = 0;
            for (Optional<Attachment.Chunk> chunk = slow.next(); chunk.isPresent(); chunk = slow.next()) {
                bytes += chunk.get().bytes().length;
            }
            assertEquals(Attachment.End.OVERRUN, slow.reason());
            assertTrue(bytes <= Attachment.MAXIMUM_WAITING_BYTES);
        }
    }

    @Test
    void slowOwner_holdsTheContainerBackAndLosesNothing() throws Exception {
        int total = 5 << 20;
        try (Container c = new Container(LogDrivers.none())) {
            Attachment owner = c.fanout.attach(true, true, Attachment.WhenFull.BLOCK);
            c.start();
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < total / 4096; i++) {
                        CALLS.writeAll(c.out.write(), new byte[4096]);
                    }
                    c.out.write().close();
                    c.err.write().close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertFalse(writer.join(java.time.Duration.ofMillis(300)), "a full attachment holds the writer");
            long bytes = 0;
            for (Optional<Attachment.Chunk> chunk = owner.next(); chunk.isPresent(); chunk = owner.next()) {
                bytes += chunk.get().bytes().length;
            }
            writer.join();
            assertEquals(total, bytes);
            c.pumped.drained().get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void follow_acrossRotationsHasEveryLineOnce() throws Exception {
        int lines = 20_000;
        try (Container c =
                // Files enough for all of it: whoever follows more slowly than files go away must miss some.
                new Container(driver(Map.of("max-size", "200k", "max-file", "20", "compress", "true"))).start()) {
            write(c.out.write(), "line 0\n");
            try (LogCursor cursor = c.driver
                    .read(new LogQuery(
                            true, true, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, false))
                    .orElseThrow()) {
                assertEquals("line 0\n", text(cursor.next()));
                Thread writer = Thread.ofPlatform().start(() -> {
                    try {
                        for (int i = 1; i < lines; i++) {
                            write(c.out.write(), "line " + i + "\n");
                        }
                        c.out.write().close();
                        c.err.write().close();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                for (int i = 1; i < lines; i++) {
                    assertEquals("line " + i + "\n", text(cursor.next()));
                }
                assertTrue(cursor.next().isEmpty());
                assertEquals(0, cursor.skipped());
                writer.join();
            }
            c.pumped.drained().get(5, TimeUnit.SECONDS);
            c.driver.close();
            assertTrue(names().contains("c1-json.log.1.gz"), names().toString());
            try (LogCursor all = c.driver.read(LogQuery.ALL).orElseThrow()) {
                int first = Integer.parseInt(text(all.next()).strip().substring(5));
                for (int i = first + 1; i < lines; i++) {
                    assertEquals("line " + i + "\n", text(all.next()));
                }
                assertTrue(all.next().isEmpty());
            }
        }
    }

    @Test
    void follow_closeWakes() throws Exception {
        try (Container c = new Container(driver(Map.of())).start()) {
            LogCursor cursor = c.driver
                    .read(new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.of(0), true, false))
                    .orElseThrow();
            FutureTask<Optional<LogEntry>> reading = new FutureTask<>(cursor::next);
            Thread.startVirtualThread(reading);
            cursor.close();
            assertTrue(reading.get(10, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Test
    void terminal_isReadAndEndsWithItsSlave() throws Exception {
        Fd master = FileCalls.host().open("/dev/ptmx", OpenFlag.RDWR | OpenFlag.NOCTTY | OpenFlag.NONBLOCK);
        TerminalCalls.host().unlock(master);
        Fd slave = TerminalCalls.host().openSlave(master);
        try (LogDriver driver = driver(Map.of())) {
            Journals journals = Journals.create(folder, Set.of(LogStream.STDOUT));
            OutputPump.Pumped pumped = pump.add(new Output(
                    "c1",
                    List.of(new Output.Source(LogStream.STDOUT, master, true)),
                    Optional.of(journals),
                    driver,
                    new Fanout()));
            write(slave, "hello\n");
            slave.close();
            pumped.drained().get(10, TimeUnit.SECONDS);
            assertTrue(file().startsWith("{\"log\":\"hello\\r\\n\",\"stream\":\"stdout\""), file());
        } finally {
            master.close();
        }
    }

    @Test
    void terminal_fullJournalLosesAndRepeatsNothing() throws Exception {
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "mounts a small file system");
        Path small = Files.createDirectory(folder.resolve("small"));
        MountCalls.host().mount("tmpfs", small.toString(), "tmpfs", 0, "size=16k");
        try (Fd master = FileCalls.host().open("/dev/ptmx", OpenFlag.RDWR | OpenFlag.NOCTTY | OpenFlag.NONBLOCK);
                LogDriver driver = driver(Map.of())) {
            TerminalCalls.host().unlock(master);
            Fd slave = TerminalCalls.host().openSlave(master);
            // Leaves a page for the checkpoint and one for the journal.
            Path ballast = Files.write(small.resolve("ballast"), new byte[2 * 4096]);
            Journals journals = Journals.create(small, Set.of(LogStream.STDOUT));
            OutputPump.Pumped pumped = pump.add(new Output(
                    "c1",
                    List.of(new Output.Source(LogStream.STDOUT, master, true)),
                    Optional.of(journals),
                    driver,
                    new Fanout()));
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                text.append("line %03d of a terminal whose journal has no room %s\n".formatted(i, "x".repeat(50)));
            }
            write(slave, text.toString());
            Path journal = small.resolve("stdout.journal");
            long end = System.nanoTime() + 10_000_000_000L;
            while (Files.size(journal) < 4096 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertEquals(4096, Files.size(journal));
            Files.delete(ballast);
            write(slave, "last\n");
            slave.close();
            pumped.drained().get(20, TimeUnit.SECONDS);
            StringBuilder read = new StringBuilder();
            try (LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
                for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                    read.append(text(entry));
                }
            }
            assertEquals(text.append("last\n").toString().replace("\n", "\r\n"), read.toString());
        } finally {
            MountCalls.host().unmount(small.toString(), MountCalls.MNT_DETACH);
        }
    }

    @Test
    void anotherPump_goesOnWhereTheFirstStopped() throws Exception {
        try (Container c = new Container(driver(Map.of()));
                Journals monitor = Journals.create(folder, Set.of(LogStream.STDOUT, LogStream.STDERR))) {
            c.pumped = pump.add(new Output("c1", c.sources(), Optional.of(adopt(monitor)), c.driver, c.fanout));
            write(c.out.write(), "one\nhalf of");
            try (LogCursor cursor = c.driver
                    .read(new LogQuery(
                            true, true, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, false))
                    .orElseThrow()) {
                assertEquals("one\n", text(cursor.next()));
            }
            pump.close();
            assertThrows(CancellationException.class, () -> c.pumped.drained().get());
            write(c.out.write(), " two\nthree\n");
            CALLS.splice(c.out.read(), monitor.journal(LogStream.STDOUT).orElseThrow(), 1000);
            ByteBuffer index = ByteBuffer.allocate(24).order(java.nio.ByteOrder.nativeOrder());
            index.putLong(1_700_000_000_000_000_001L)
                    .putLong("one\nhalf of two\nthree\n".length())
                    .putInt(1);
            CALLS.writeAll(monitor.index(), index.array());
            write(c.out.write(), "four\n");

            pump = OutputPump.start(InstantSource.fixed(NOW));
            c.pumped = pump.add(new Output("c1", c.sources(), Optional.of(adopt(monitor)), c.driver, c.fanout));
            c.end();
            assertEquals("""
                    {"log":"one\\n","stream":"stdout","time":"2026-01-02T03:04:05.678Z"}
                    {"log":"half of two\\n","stream":"stdout","time":"2023-11-14T22:13:20.000000001Z"}
                    {"log":"three\\n","stream":"stdout","time":"2023-11-14T22:13:20.000000001Z"}
                    {"log":"four\\n","stream":"stdout","time":"2026-01-02T03:04:05.678Z"}
                    """, file());
        }
    }

    private Journals adopt(Journals monitor) throws Exception {
        return Journals.adopt(
                folder,
                Map.of(
                        LogStream.STDOUT,
                                monitor.journal(LogStream.STDOUT).orElseThrow().duplicate(),
                        LogStream.STDERR,
                                monitor.journal(LogStream.STDERR).orElseThrow().duplicate()));
    }

    @Test
    void leftJournals_areTakenInWithoutSources() throws Exception {
        try (Container c = new Container(driver(Map.of()));
                Journals monitor = Journals.create(folder, Set.of(LogStream.STDOUT, LogStream.STDERR))) {
            write(monitor.journal(LogStream.STDOUT).orElseThrow(), "all that\nis left");
            pump.add(new Output("c1", List.of(), Optional.of(Journals.open(folder)), c.driver, c.fanout))
                    .drained()
                    .get(10, TimeUnit.SECONDS);
            assertEquals(2, file().lines().count());
            assertEquals(List.of("c1-json.log"), names());
            pump.add(new Output("c1", List.of(), Optional.of(Journals.open(folder)), c.driver, c.fanout))
                    .drained()
                    .get(10, TimeUnit.SECONDS);
            assertEquals(2, file().lines().count());
        }
    }

    @Test
    void abandon_takesWhatIsThereThoughSomebodyHoldsThePipe() throws Exception {
        try (Container c = new Container(driver(Map.of())).start()) {
            write(c.err.write(), "last words");
            c.pumped.abandon();
            c.pumped.drained().get(10, TimeUnit.SECONDS);
            assertTrue(file().startsWith("{\"log\":\"last words\",\"stream\":\"stderr\""), file());
        }
    }

    @Test
    void lateEnd_leavesTheNextRunAlone() throws Exception {
        try (Container old = new Container(driver(Map.of())).start();
                DescriptorCalls.Pipe next = CALLS.pipe()) {
            Journals journals = Journals.create(folder, Set.of(LogStream.STDOUT));
            OutputPump.Pumped running = pump.add(new Output(
                    "c1",
                    List.of(new Output.Source(LogStream.STDOUT, next.read(), false)),
                    Optional.of(journals),
                    old.driver,
                    old.fanout));
            Attachment onlooker = old.fanout.attach(true, true, Attachment.WhenFull.DISCONNECT);
            old.end();
            assertTrue(names().containsAll(List.of("checkpoint", "index", "stdout.journal")), names().toString());
            write(next.write(), "still here\n");
            assertEquals(
                    "still here\n", new String(onlooker.next().orElseThrow().bytes(), StandardCharsets.UTF_8));
            next.write().close();
            running.drained().get(10, TimeUnit.SECONDS);
            assertTrue(onlooker.next().isEmpty());
            assertEquals(List.of("c1-json.log"), names());
        }
    }

    @Test
    void drop_endsWhatCannotBeWritten() throws Exception {
        try (Container c = new Container(driver(Map.of())).start()) {
            c.driver.close();
            write(c.out.write(), "never kept\n");
            c.pumped.abandon();
            c.pumped.drop();
            assertThrows(CancellationException.class, () -> c.pumped.drained().get(10, TimeUnit.SECONDS));
            assertTrue(names().contains("stdout.journal"), names().toString());
        }
    }

    @Test
    void journal_givesItsSpaceBack() throws Exception {
        try (Container c = new Container(driver(Map.of("max-size", "1m", "max-file", "1"))).start()) {
            String line = "y".repeat(999) + "\n";
            for (int i = 0; i < 8000; i++) {
                write(c.out.write(), line);
            }
            Path journal = folder.resolve("stdout.journal");
            long blocks = Long.MAX_VALUE;
            for (long end = System.nanoTime() + 10_000_000_000L; System.nanoTime() < end && blocks > 1 << 20; ) {
                try (Fd fd = FileCalls.host().open(journal.toString(), OpenFlag.RDONLY)) {
                    blocks = FileCalls.host().stat(fd).size() < 8_000_000
                            ? Long.MAX_VALUE
                            : FileCalls.host().stat(fd).blocks() * 512;
                }
            }
            assertTrue(blocks <= 1 << 20, "blocks: " + blocks);
            c.end();
        }
    }
}
