package dev.priok.logs.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonRecordTest {
    private static String escaped(byte[] bytes) {
        JsonWriter json = new JsonWriter(16);
        json.string(bytes);
        return new String(json.toByteArray(), UTF_8);
    }

    @Test
    void string_escapesAsDockerDoes() {
        assertEquals("\"a\\u0009b\\u001b[0m\\n\"", escaped("a\tb\u001b[0m\n".getBytes(UTF_8)));
        assertEquals("\"\\u003cb\\u003e \\u0026 \\\"q\\\" \\\\ /\\r\"", escaped("<b> & \"q\" \\ /\r".getBytes(UTF_8)));
        assertEquals("\"\\u0000\u007f\"", escaped(new byte[] {0, 0x7f}));
        assertEquals("\"é漢😀\\u2028\\u2029\u202a\"", escaped("é漢😀\u2028\u2029\u202a".getBytes(UTF_8)));
    }

    @Test
    void string_invalidUtf8IsOneReplacementForEachByte() {
        assertEquals("\"\\ufffd\\ufffdA\"", escaped("\u00c3\u00ffA".getBytes(ISO_8859_1)));
        assertEquals("\"\\ufffd\\ufffd\\ufffd\"", escaped("\u00ed\u00a0\u0080".getBytes(ISO_8859_1)));
        assertEquals("\"\\ufffd\\ufffd\"", escaped("\u00e2\u0082".getBytes(ISO_8859_1)));
        assertEquals("\"\ufffd\"", escaped("\ufffd".getBytes(UTF_8)));
    }

    @Test
    void lineBytes_isWhatWentInWhateverItWas() {
        Random random = new Random(1);
        JsonRecord record = new JsonRecord();
        for (int round = 0; round < 2000; round++) {
            byte[] line = new byte[random.nextInt(40)];
            if (round % 2 == 0) {
                random.nextBytes(line);
            } else {
                line = random.ints(10, 0, 0x3000)
                        .filter(c -> !Character.isSurrogate((char) c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .append("\ufffd\u2028\\ufffd")
                        .toString()
                        .getBytes(UTF_8);
            }
            byte[] json = ("{\"log\":" + escaped(line) + ",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}")
                    .getBytes(UTF_8);
            assertTrue(record.read(json, 0, json.length));
            assertEquals(line.length, record.lineBytes());
            assertEquals(
                    new String(line, UTF_8).replace("\ufffd", ""),
                    new String(record.line(), UTF_8).replace("\ufffd", ""));
        }
    }

    @Test
    void read_takesFieldsInAnyOrderAndAttributes() {
        byte[] json = ("\0\0 { \"time\":\"2026-03-01T10:20:30.5+01:00\", \"attrs\":{\"a\":\"x\\u00e9\",\"b\":\"\"},"
                        + "\"other\":[1,{\"x\":null}],\"stream\":\"stderr\",\"log\":\"\\ud83d\\ude00\\/\\t\\n\"}")
                .getBytes(UTF_8);
        JsonRecord record = new JsonRecord();
        assertTrue(record.read(json, 0, json.length));
        assertArrayEquals("😀/\t\n".getBytes(UTF_8), record.line());
        assertEquals(Instant.parse("2026-03-01T09:20:30.5Z"), Timestamp.instant(record.epochNanos()));
        assertEquals(Map.of("a", "xé", "b", ""), record.attributes());
    }

    @Test
    void read_damaged() {
        JsonRecord record = new JsonRecord();
        for (String text : new String[] {
            "",
            "\0\0",
            "{",
            "{}",
            "[]",
            "{\"log\":\"x\"}",
            "{\"log\":\"x",
            "{\"log\":\"x\\",
            "{\"log\":\"x\\u1",
            "{\"log\":\"x\\n\",\"stream\":\"stdin\",\"time\":\"2026-01-01T00:00:00Z\"}",
            "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"yesterday\"}",
            "{\"log\":1,\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}",
            "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}"
        }) {
            byte[] json = text.getBytes(UTF_8);
            assertFalse(record.read(json, 0, json.length), text);
        }
        byte[] cutEscape = "{\"log\":\"\\u\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}".getBytes(UTF_8);
        assertTrue(record.read(cutEscape, 0, cutEscape.length));
        assertEquals("\ufffd", new String(record.line(), UTF_8));
    }

    @Test
    void timestamp_roundTrip() {
        Timestamp timestamp = new Timestamp();
        for (String text : new String[] {
            "2026-01-01T00:00:00Z",
            "2024-02-29T23:59:59.1Z",
            "1999-12-31T12:00:00.000000001Z",
            "1970-01-01T00:00:00.99Z",
            "1969-12-31T23:59:59.5Z",
            "2100-03-01T01:02:03.123456789Z"
        }) {
            long nanos = Timestamp.nanos(Instant.parse(text));
            JsonWriter json = new JsonWriter(64);
            timestamp.write(nanos, json);
            assertEquals('"' + text + '"', new String(json.toByteArray(), UTF_8));
            byte[] bytes = text.getBytes(UTF_8);
            assertEquals(nanos, Timestamp.parse(bytes, 0, bytes.length), text);
        }
    }
}
