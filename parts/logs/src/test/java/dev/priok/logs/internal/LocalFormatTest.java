package dev.priok.logs.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.logs.LogConfig;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFormatTest {
    private static final long TIME = 1_700_000_000_123_456_789L;

    @TempDir
    Path folder;

    private static final LogDriver.Marks NOWHERE = (_, _) -> {};

    private LogDriver driver(String name, Map<String, String> options) {
        LogSubject subject = new LogSubject("c".repeat(64), "c", "", "", List.of(), Map.of("tier", "front"), List.of());
        return LogDrivers.open(new LogConfig(name, options), subject, folder, InstantSource.system());
    }

    private static LineBatch batch(LogStream stream, String... lines) {
        LineBatch batch = new LineBatch();
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
            int from = batch.put(bytes, bytes.length);
            batch.line(stream, TIME, from, from + bytes.length);
        }
        return batch;
    }

    private static List<String> rest(LogCursor cursor) throws Exception {
        List<String> lines = new ArrayList<>();
        for (Optional<LogEntry> e = cursor.next(); e.isPresent(); e = cursor.next()) {
            lines.add(new String(e.get().bytes(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }

    private static LogQuery tail(int lines) {
        return new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.of(lines), false, true);
    }

    @Test
    void bytes_areThoseThatGogoProtobufWrites() {
        LocalFormat format = new LocalFormat(Map.of("k", "v"));
        JsonWriter out = new JsonWriter(64);
        format.format(batch(LogStream.STDERR, "hi\n"), 0, out);
        // size, source "stderr", time_nano, line "hi", attrs {k, v}, size
        assertEquals(
                "0000001e" + "0a06737464657272" + "10" + "959a97ece39fe7cb17" + "1a026869" + "32060a016b120176"
                        + "0000001e",
                HexFormat.of().formatHex(out.toByteArray()));
    }

    @Test
    void lines_comeBackAsTheyWere() throws Exception {
        String binary = "\0\u00ff\u0080 \r\n";
        try (LogDriver driver = driver("local", Map.of("labels", "tier"))) {
            driver.begin();
            driver.write(batch(LogStream.STDOUT, "a\n", "\n", binary, "x".repeat(16384), "y\n", "end"), NOWHERE);
            driver.finish();
            try (LogCursor cursor = driver.read(tail(6)).orElseThrow()) {
                LogEntry first = cursor.next().orElseThrow();
                assertEquals(Map.of("tier", "front"), first.attributes());
                assertEquals(TIME, Timestamp.nanos(first.time()));
                assertArrayEquals("a\n".getBytes(StandardCharsets.US_ASCII), first.bytes());
                assertEquals(List.of("\n", binary, "x".repeat(16384), "y\n", "end"), rest(cursor));
                assertEquals(0, cursor.skipped());
            }
            try (LogCursor cursor = driver.read(tail(2)).orElseThrow()) {
                assertEquals(List.of("y\n", "end"), rest(cursor));
            }
            assertTrue(Files.exists(folder.resolve("local-logs/container.log")));
        }
    }

    @Test
    void rotation_compressesAndLosesNothing() throws Exception {
        List<String> expected = new ArrayList<>();
        try (LogDriver driver = driver("local", Map.of("max-size", "2k", "max-file", "50"))) {
            driver.begin();
            for (int i = 0; i < 900; i++) {
                expected.add("line " + i + "\n");
                driver.write(batch(LogStream.STDOUT, "line " + i + "\n"), NOWHERE);
            }
            driver.finish();
            try (LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
                assertEquals(expected, rest(cursor));
            }
            for (int n : new int[] {1, 40, 333, 900}) {
                try (LogCursor cursor = driver.read(tail(n)).orElseThrow()) {
                    assertEquals(expected.subList(900 - n, 900), rest(cursor));
                }
            }
        }
        try (var files = Files.list(folder.resolve("local-logs"))) {
            assertTrue(files.anyMatch(f -> f.toString().endsWith(".gz")));
        }
    }

    @Test
    void damage_isPassedOver() throws Exception {
        Path file = folder.resolve("local-logs/container.log");
        try (LogDriver driver = driver("local", Map.of())) {
            driver.begin();
            driver.write(batch(LogStream.STDOUT, "1\n", "2\n"), NOWHERE);
            Files.write(file, new byte[] {0, 0, 0, 0, 7, 7, 7, 7, 9}, StandardOpenOption.APPEND);
        }
        try (LogDriver driver = driver("local", Map.of())) {
            driver.begin(); // cuts off what is torn
            driver.write(batch(LogStream.STDOUT, "3\n"), NOWHERE);
            Files.write(file, new byte[5000], StandardOpenOption.APPEND);
        }
        try (FileChannel good = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] all = Files.readAllBytes(file);
            assertTrue(good.size() > 5000);
            Files.write(file, all, StandardOpenOption.APPEND);
        }
        try (LogDriver driver = driver("local", Map.of());
                LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
            assertEquals(List.of("1\n", "2\n", "3\n", "1\n", "2\n", "3\n"), rest(cursor));
            assertEquals(2, cursor.skipped());
        }
        try (LogDriver driver = driver("local", Map.of());
                LogCursor cursor = driver.read(tail(4)).orElseThrow()) {
            assertEquals(List.of("3\n", "1\n", "2\n", "3\n"), rest(cursor));
        }
    }

    @Test
    void follower_survivesACutOfTheFile() throws Exception {
        for (String name : List.of("json-file", "local")) {
            try (LogDriver driver = driver(name, Map.of())) {
                driver.begin();
                driver.write(batch(LogStream.STDOUT, "before\n", "more\n"), NOWHERE);
                LogQuery follow =
                        new LogQuery(true, true, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, false);
                try (LogCursor cursor = driver.read(follow).orElseThrow()) {
                    assertEquals("before\n", text(cursor.next()));
                    assertEquals("more\n", text(cursor.next()));
                    try (FileChannel cut = FileChannel.open(driver.path().orElseThrow(), StandardOpenOption.WRITE)) {
                        cut.truncate(0);
                    }
                    driver.write(batch(LogStream.STDOUT, "after\n"), NOWHERE);
                    assertEquals("after\n", text(cursor.next()));
                    driver.write(batch(LogStream.STDOUT, "and on\n"), NOWHERE);
                    assertEquals("and on\n", text(cursor.next()));
                    driver.finish();
                    assertEquals(List.of(), rest(cursor));
                    assertEquals(0, cursor.skipped());
                }
                try (LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
                    assertEquals(List.of("after\n", "and on\n"), rest(cursor));
                }
            }
        }
    }

    private static String text(Optional<LogEntry> entry) throws IOException {
        return new String(entry.orElseThrow(() -> new IOException("no entry")).bytes(), StandardCharsets.UTF_8);
    }
}
