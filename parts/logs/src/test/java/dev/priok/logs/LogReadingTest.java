package dev.priok.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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

    @Test
    void tail_ofALongLogIsQuick() throws Exception {
        // The size that the promise speaks of: 1 GB in which only the end was ever written.
        Path file = folder.resolve("c-json.log");
        try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1_000_000_000);
        }
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(file, java.nio.file.StandardOpenOption.APPEND))) {
            out.write('\n');
            out.write(records(0, 2000).getBytes(StandardCharsets.UTF_8));
        }
        read(tail(true, true, 100));
        long start = System.nanoTime();
        assertEquals(100, read(tail(true, true, 100)).size());
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 100, "took " + millis + " ms");
    }
}
