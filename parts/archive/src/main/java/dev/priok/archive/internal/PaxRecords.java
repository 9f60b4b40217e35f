package dev.priok.archive.internal;

import dev.priok.core.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The records {@code "length key=value\n"} of a pax header; values are bytes, since extended attributes are. */
public final class PaxRecords {
    private PaxRecords() {}

    /** All records; of a key that comes twice the last. GNU's sparse 0.0 repeats two keys, which are gathered in one value. */
    public static Map<String, byte[]> parse(byte[] header) {
        Map<String, byte[]> records = new LinkedHashMap<>();
        ByteArrayOutputStream map = new ByteArrayOutputStream();
        int at = 0;
        while (at < header.length && header[at] != 0) {
            int space = at;
            int length = 0;
            while (space < header.length && header[space] >= '0' && header[space] <= '9' && length < header.length) {
                length = length * 10 + (header[space] - '0');
                space++;
            }
            int end = at + length;
            if (space == at
                    || space >= header.length
                    || header[space] != ' '
                    || end > header.length
                    || end <= space + 1
                    || header[end - 1] != '\n') {
                throw Failure.invalid("invalid tar: malformed extended header");
            }
            int equals = space + 1;
            while (equals < end && header[equals] != '=') {
                equals++;
            }
            if (equals == end) {
                throw Failure.invalid("invalid tar: malformed extended header");
            }
            String key = new String(header, space + 1, equals - space - 1, StandardCharsets.UTF_8);
            byte[] value = Arrays.copyOfRange(header, equals + 1, end - 1);
            if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
                if (map.size() > 0) {
                    map.write(',');
                }
                map.writeBytes(value);
            } else if (value.length == 0) {
                records.remove(key);
            } else {
                records.put(key, value);
            }
            at = end;
        }
        if (map.size() > 0) {
            records.put("GNU.sparse.map", map.toByteArray());
        }
        return records;
    }

    /** The value of a record as a number. */
    public static long number(Map.Entry<String, byte[]> record) {
        return number(record.getKey(), new String(record.getValue(), StandardCharsets.UTF_8));
    }

    static long number(String key, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw Failure.invalid("invalid tar: %s is not a number: %s", key, text);
        }
    }

    /** The whole seconds, rounded down, of a time such as {@code 1700000000.25}. */
    public static long seconds(Map.Entry<String, byte[]> record) {
        String text = new String(record.getValue(), StandardCharsets.UTF_8);
        int dot = text.indexOf('.');
        long whole = number(record.getKey(), dot < 0 ? text : text.substring(0, dot));
        return text.startsWith("-") && nanos(record) != 0 ? whole - 1 : whole;
    }

    /** The nanoseconds above {@link #seconds}. */
    public static int nanos(Map.Entry<String, byte[]> record) {
        String text = new String(record.getValue(), StandardCharsets.UTF_8);
        int dot = text.indexOf('.');
        if (dot < 0) {
            return 0;
        }
        String digits = (text.substring(dot + 1) + "000000000").substring(0, 9);
        int nanos = (int) number(record.getKey(), digits);
        return text.startsWith("-") && nanos != 0 ? 1_000_000_000 - nanos : nanos;
    }
}
