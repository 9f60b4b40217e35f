package dev.priok.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReadingTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private static String record(int i) {
        return "{\"log\":\"line %d\\n\",\"stream\":\"%s\",\"time\":\"%s\"}\n"
                .formatted(i, i % 10 == 0 ? "stderr" : "stdout", START.plusSeconds(i));
    }

    private static String records(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(record(i));
        }
        return text.toString();
    }

    private void writeFiles() throws Exception {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("c-json.log.2.gz")))) {
            out.write(records(0, 1000).getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(folder.resolve("c-json.log.1"), records(1000, 3000));
        Files.writeString(folder.resolve("c-json.log"), records(3000, 3500));
    }

    private LogDriver driver() {
        LogSubject subject = new LogSubject("c", "c", "", "", List.of(), Map.of(), List.of());
        return LogDrivers.open(LogConfig.DEFAULT, subject, folder, InstantSource.system());
    }

    private List<Integer> read(LogQuery query) throws Exception {
        List<Integer> numbers = new ArrayList<>();
        try (LogDriver driver = driver();
                LogCursor cursor = driver.read(query).orElseThrow()) {
            for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                String line = new String(entry.get().bytes(), StandardCharsets.UTF_8);
                numbers.add(Integer.parseInt(line.strip().substring("line ".length())));
            }
        }
        return numbers;
    }

    private static LogQuery tail(boolean stdout, boolean stderr, int lines) {
        return new LogQuery(stdout, stderr, Optional.empty(), Optional.empty(), OptionalInt.of(lines), false, false);
    }

    @Test
    void all_overAllFiles() throws Exception {
        writeFiles();
        List<Integer> numbers = read(LogQuery.ALL);
        assertEquals(3500, numbers.size());
        for (int i = 0; i < 3500; i++) {
            assertEquals(i, numbers.get(i));
        }
    }

    @Test
    void tail_anyNumberOverAllFiles() throws Exception {
        writeFiles();
        for (int lines : new int[] {0, 1, 499, 500, 501, 2499, 2500, 2501, 3000, 3499, 3500, 9999}) {
            List<Integer> numbers = read(tail(true, true, lines));
            assertEquals(Math.min(lines, 3500), numbers.size());
            assertTrue(numbers.isEmpty() || numbers.getFirst() == 3500 - numbers.size());
            assertTrue(numbers.isEmpty() || numbers.getLast() == 3499);
        }
        assertEquals(List.of(3470, 3480, 3490), read(tail(false, true, 3)));
        assertEquals(350, read(tail(false, true, 400)).size());
        assertEquals(3490 - 2590, read(tail(false, true, 260)).getFirst());
    }

    @Test
    void sinceAndUntil_areInclusive() throws Exception {
        writeFiles();
        LogQuery query = new LogQuery(
                true,
                true,
                Optional.of(START.plusSeconds(998)),
                Optional.of(START.plusSeconds(1001)),
                OptionalInt.empty(),
                false,
                false);
        assertEquals(List.of(998, 999, 1000, 1001), read(query));
    }

    @Test
    void damage_isSkippedAndCounted() throws Exception {
        Files.writeString(
                folder.resolve("c-json.log"),
                record(1) + "\0\0\0\0" + record(2) + "nonsense\n" + "z".repeat(3 << 20) + "\n" + record(3)
                        + "{\"log\":\"torn");
        try (LogDriver driver = driver();
                LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
            for (int i = 1; i <= 3; i++) {
                assertEquals(
                        "line " + i + "\n",
                        new String(cursor.next().orElseThrow().bytes(), StandardCharsets.UTF_8));
            }
            assertTrue(cursor.next().isEmpty());
            assertEquals(3, cursor.skipped());
        }
    }

    @Test
    void nothingWritten_isEmpty() throws Exception {
        assertEquals(List.of(), read(LogQuery.ALL));
        assertEquals(List.of(), read(tail(true, true, 5)));
    }

    /** The size that the promise speaks of: 1 GB of which only the end is read, whoever follows. */
    @Test
    void tail_ofALongLogReadsNothingButItsEnd() throws Exception {
        for (String name : List.of("json-file", "local")) {
            Path place = Files.createDirectory(folder.resolve(name));
            LogSubject subject = new LogSubject("c", "c", "", "", List.of(), Map.of(), List.of());
            LogConfig config = new LogConfig(name, Map.of("max-size", "2g"));
            Path file;
            try (LogDriver driver = LogDrivers.open(config, subject, place, InstantSource.system())) {
                driver.begin();
                driver.write(new ManyLines(2000), (_, _) -> {});
                try (Stream<Path> files = Files.walk(place)) {
                    file = files.filter(Files::isRegularFile)
                            .max(Comparator.comparingLong(one -> one.toFile().length()))
                            .orElseThrow();
                }
            }
            byte[] end = Files.readAllBytes(file);
            assertTrue(end.length > 2000 * "line 1000".length(), name + ": " + end.length);
            try (FileChannel sparse = FileChannel.open(file, StandardOpenOption.WRITE)) {
                sparse.write(ByteBuffer.wrap(new byte[] {'\n'}), 1_000_000_000);
                sparse.write(ByteBuffer.wrap(end), 1_000_000_001);
            }
            LogQuery query =
                    new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.of(10), true, false);
            try (LogDriver driver = LogDrivers.open(config, subject, place, InstantSource.system())) {
                driver.begin();
                long before = bytesRead();
                try (LogCursor cursor = driver.read(query).orElseThrow()) {
                    for (int i = 1990; i < 2000; i++) {
                        assertEquals(
                                "line " + i + "\n",
                                new String(cursor.next().orElseThrow().bytes(), StandardCharsets.UTF_8));
                    }
                }
                long read = bytesRead() - before;
                assertTrue(read > 0 && read < 512 << 10, name + ": read " + read + " bytes");
            }
        }
    }

    /** By this thread's system calls (proc(5), {@code io}). */
    private static long bytesRead() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/io")).stream()
                .filter(line -> line.startsWith("rchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
                .sum();
    }

    /** Numbered lines. */
    private static final class ManyLines implements LogBatch {
        private final int lines;
        private final int[] ends;
        private final byte[] bytes;

        ManyLines(int lines) {
            this.lines = lines;
            ends = new int[lines + 1];
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                ends[i + 1] = text.append("line ").append(i).append('\n').length();
            }
            bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int size() {
            return lines;
        }

        @Override
        public LogStream stream(int line) {
            return LogStream.STDOUT;
        }

        @Override
        public long epochNanos(int line) {
            return START.getEpochSecond() * 1_000_000_000L + line;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public int from(int line) {
            return ends[line];
        }

        @Override
        public int to(int line) {
            return ends[line + 1];
        }

        @Override
        public byte[] scratch(int size) {
            return new byte[size];
        }
    }
}
