package dev.priok.logs.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.logs.Fanout;
import dev.priok.logs.ForwardingDriver;
import dev.priok.logs.Journals;
import dev.priok.logs.LogBatch;
import dev.priok.logs.LogConfig;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import dev.priok.logs.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pump that dies at any step loses and repeats nothing: the log is what one pump would have written. */
class RecoveryTest {
    private static final DescriptorCalls CALLS = DescriptorCalls.host();
    private static final int SEEDS = 8;

    @TempDir
    Path folder;

    private record NeverAsked(Audiences audiences) implements PumpedOutput.Ends {
        @Override
        public void more(PumpedOutput output) {
            throw new IllegalStateException("nobody takes output in its stead");
        }

        @Override
        public void abandon(PumpedOutput output) {
            throw new IllegalStateException("nobody abandons");
        }

        @Override
        public void drop(PumpedOutput output) {
            throw new IllegalStateException("nobody drops");
        }
    }

    /** Not an Exception, so that nothing in the pump handles it: the process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Dies before, in the middle of, or after a write, and around the notes that a rotation makes. */
    private static final class Dying extends ForwardingDriver {
        private final Random random;
        private final Path file;

        Dying(LogDriver real, Random random) {
            super(real);
            this.random = random;
            file = real.path().orElseThrow();
        }

        private void perhapsDie(int oneIn) {
            if (random.nextInt(oneIn) == 0) {
                throw new Killed();
            }
        }

        @Override
        public void write(LogBatch batch, Marks marks) throws IOException {
            perhapsDie(12);
            Mark before = mark();
            super.write(batch, (mark, lines) -> {
                perhapsDie(4);
                marks.moved(mark, lines);
                perhapsDie(4);
            });
            Mark after = mark();
            if (after.file() == before.file() && random.nextInt(8) == 0) {
                try (FileChannel torn = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    torn.truncate(random.nextLong(before.offset(), after.offset() + 1));
                }
                throw new Killed();
            }
            perhapsDie(12);
        }
    }

    /** One life of the daemon after the other, around pipes and journals that a monitor holds. */
    private final class Lives implements AutoCloseable {
        private final Random random;
        private final Map<LogStream, DescriptorCalls.Pipe> pipes = new EnumMap<>(LogStream.class);
        private final Map<LogStream, ByteArrayOutputStream> written = new EnumMap<>(LogStream.class);
        private final Journals monitor;
        private final Round round = new Round();
        private Journals journals;
        private LogDriver driver;
        private PumpedOutput pumped;
        private int deaths;

        Lives(long seed) throws IOException {
            random = new Random(seed);
            monitor = Journals.create(folder, Set.of(LogStream.STDOUT, LogStream.STDERR));
            for (LogStream stream : LogStream.values()) {
                pipes.put(stream, CALLS.pipe());
                written.put(stream, new ByteArrayOutputStream());
            }
            begin();
        }

        LogDriver open() {
            LogSubject subject = new LogSubject("c".repeat(64), "c", "", "", List.of(), Map.of(), List.of());
            LogConfig config = new LogConfig("json-file", Map.of("max-size", "9k", "max-file", "1000"));
            return LogDrivers.open(config, subject, folder, InstantSource.system());
        }

        void begin() throws IOException {
            Map<LogStream, Fd> descriptors = new EnumMap<>(LogStream.class);
            List<Output.Source> sources = new ArrayList<>();
            for (LogStream stream : LogStream.values()) {
                descriptors.put(stream, monitor.journal(stream).orElseThrow().duplicate());
                sources.add(new Output.Source(stream, pipes.get(stream).read(), false));
            }
            journals = Journals.adopt(folder, descriptors);
            driver = new Dying(open(), random);
            Output output = new Output("test", sources, Optional.of(journals), driver, new Fanout());
            NeverAsked ends = new NeverAsked(new Audiences());
            ends.audiences().take(output);
            pumped = PumpedOutput.open(output, ends);
        }

        void die() throws IOException {
            deaths++;
            pumped.taps().forEach(Tap::close);
            journals.close();
            begin();
        }

        void write() throws IOException {
            LogStream stream = random.nextBoolean() ? LogStream.STDOUT : LogStream.STDERR;
            byte[] bytes = switch (random.nextInt(4)) {
                case 0 -> new byte[random.nextInt(40_000)];
                case 1 -> "a line of text <&>\n".repeat(random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
                default -> new byte[random.nextInt(300)];
            };
            if (bytes.length > 0 && bytes[0] == 0) {
                for (int i = 0; i < bytes.length; i++) {
                    int r = random.nextInt(200);
                    bytes[i] = (byte) (r < 8 ? '\n' : r < 16 ? random.nextInt(256) : 'a' + r % 26);
                }
            }
            written.get(stream).writeBytes(bytes);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            Fd end = pipes.get(stream).write();
            CALLS.setNonBlocking(end, true);
            while (direct.hasRemaining()) {
                if (CALLS.write(end, direct) < 0) {
                    serve();
                }
            }
        }

        /** The monitor moves output while no daemon lives. */
        void monitorMoves() throws IOException {
            for (LogStream stream : LogStream.values()) {
                Fd journal = monitor.journal(stream).orElseThrow();
                if (CALLS.splice(pipes.get(stream).read(), journal, 100_000) > 0) {
                    ByteBuffer record = ByteBuffer.allocate(24).order(java.nio.ByteOrder.nativeOrder());
                    record.putLong(1_000_000_000L * deaths)
                            .putLong(CALLS.position(journal))
                            .putInt(stream.number());
                    CALLS.writeAll(monitor.index(), record.array());
                }
            }
        }

        void serve() throws IOException {
            try {
                pumped.taps().forEach(tap -> tap.ready = true);
                pumped.service(round);
                assertTrue(!pumped.stalled());
            } catch (Killed _) {
                if (random.nextInt(3) == 0) {
                    monitorMoves();
                }
                die();
            }
        }

        void end() throws IOException {
            pipes.values().forEach(pipe -> pipe.write().close());
            while (!pumped.finished()) {
                serve();
                pumped.taps().stream().filter(Tap::ended).forEach(Tap::close);
            }
            pumped.finish();
        }

        @Override
        public void close() throws IOException {
            pipes.values().forEach(DescriptorCalls.Pipe::close);
            monitor.close();
            driver.close();
        }
    }

    /** The line as the log gives it back: a replacement for each byte that is not UTF-8. */
    private static String replaced(byte[] stream, int from, int to) {
        StringBuilder line = new StringBuilder();
        for (int i = from; i < to; ) {
            int size = stream[i] >= 0 ? 1 : Utf8.sequence(stream, i, to);
            line.append(size == 0 ? "\ufffd" : new String(stream, i, size, StandardCharsets.UTF_8));
            i += Math.max(size, 1);
        }
        return line.toString();
    }

    /** What the log must hold for these bytes. */
    private static List<String> lines(byte[] stream) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < stream.length; i++) {
            if (stream[i] == '\n' || i + 1 - start == LogDriver.MAXIMUM_LINE_BYTES || i + 1 == stream.length) {
                lines.add(replaced(stream, start, i + 1));
                start = i + 1;
            }
        }
        return lines;
    }

    @Test
    void killedAnywhere_logIsExact() throws Exception {
        int deaths = 0;
        int rotations = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try (Lives lives = new Lives(seed)) {
                for (int step = 0; step < 60; step++) {
                    lives.write();
                    if (lives.random.nextInt(3) > 0) {
                        lives.serve();
                    }
                }
                lives.end();
                deaths += lives.deaths;
                Map<LogStream, List<String>> logged = new EnumMap<>(LogStream.class);
                for (LogStream stream : LogStream.values()) {
                    logged.put(stream, new ArrayList<>());
                }
                try (LogDriver driver = lives.open();
                        LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
                    for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                        logged.get(entry.get().stream())
                                .add(new String(entry.get().bytes(), StandardCharsets.UTF_8));
                    }
                    assertEquals(0, cursor.skipped());
                }
                for (LogStream stream : LogStream.values()) {
                    List<String> expected = lines(lives.written.get(stream).toByteArray());
                    List<String> actual = logged.get(stream);
                    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
                        assertEquals(expected.get(i), actual.get(i), "seed " + seed + " " + stream + " line " + i);
                    }
                    assertEquals(expected.size(), actual.size(), "seed " + seed + " " + stream);
                }
                try (var files = Files.list(folder)) {
                    rotations += (int) files.filter(f -> f.toString().matches(".*\\.log\\.\\d+"))
                            .count();
                }
            }
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        assertTrue(deaths > SEEDS, "deaths: " + deaths);
        assertTrue(rotations > SEEDS, "rotations: " + rotations);
    }
}
