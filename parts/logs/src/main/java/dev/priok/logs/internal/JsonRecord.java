package dev.priok.logs.internal;

import dev.priok.logs.LogStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of a json-file log, read in place: a JSON object with {@code log}, {@code stream}, {@code time} and perhaps
 * {@code attrs}, in any order. Reused from record to record.
 */
final class JsonRecord implements LogRecord {
    /** Deeper nesting is not a log record but an attack on the stack. */
    private static final int MAXIMUM_DEPTH = 16;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int logFrom;
    private int logTo;
    private int attributesFrom;
    private @Nullable LogStream stream;
    private long epochNanos;

    /** Thrown inside, never out: the record is not what it should be. */
    private static final class Damaged extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        Damaged() {
            super("damaged record", null, false, false);
        }
    }

    /** NUL bytes before it, as a power cut leaves, are passed over. */
    @Override
    public boolean read(byte[] array, int from, int to) {
        bytes = array;
        at = from;
        end = to;
        logFrom = 0;
        logTo = 0;
        attributesFrom = -1;
        stream = null;
        epochNanos = Long.MIN_VALUE;
        while (at < end && bytes[at] == 0) {
            at++;
        }
        try {
            object();
            return stream != null && epochNanos != Long.MIN_VALUE;
        } catch (Damaged _) {
            return false;
        }
    }

    @Override
    public LogStream stream() {
        if (stream == null) {
            throw new IllegalStateException("no record was read");
        }
        return stream;
    }

    @Override
    public long epochNanos() {
        return epochNanos;
    }

    private void object() {
        expect('{');
        if (peek() == '}') {
            at++;
            return;
        }
        do {
            skipSpace();
            int keyFrom = at + 1;
            skipString();
            int keyTo = at - 1;
            expect(':');
            skipSpace();
            member(keyFrom, keyTo);
        } while (next());
    }

    /** Whether another member or element follows; at a closing bracket it is taken and there is none. */
    private boolean next() {
        byte b = peek();
        at++;
        if (b == ',') {
            return true;
        }
        if (b == '}' || b == ']') {
            return false;
        }
        throw new Damaged();
    }

    private void member(int keyFrom, int keyTo) {
        int valueFrom = at;
        if (is(keyFrom, keyTo, "log")) {
            skipString();
            logFrom = valueFrom + 1;
            logTo = at - 1;
        } else if (is(keyFrom, keyTo, "stream")) {
            skipString();
            stream = is(valueFrom + 1, at - 1, "stdout")
                    ? LogStream.STDOUT
                    : is(valueFrom + 1, at - 1, "stderr") ? LogStream.STDERR : null;
        } else if (is(keyFrom, keyTo, "time")) {
            skipString();
            epochNanos = Timestamp.parse(bytes, valueFrom + 1, at - 1);
        } else {
            if (is(keyFrom, keyTo, "attrs")) {
                attributesFrom = valueFrom;
            }
            skipValue(0);
        }
    }

    private boolean is(int from, int to, String name) {
        if (to - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void skipValue(int depth) {
        byte b = peek();
        if (b == '"') {
            skipString();
        } else if (b == '{' || b == '[') {
            if (depth == MAXIMUM_DEPTH) {
                throw new Damaged();
            }
            at++;
            if (peek() == (b == '{' ? '}' : ']')) {
                at++;
                return;
            }
            do {
                skipSpace();
                if (b == '{') {
                    skipString();
                    expect(':');
                }
                skipValue(depth + 1);
            } while (next());
        } else {
            int start = at;
            while (at < end && "+-.0123456789abcdefghijklmnopqrstuvwxyzE".indexOf(bytes[at]) >= 0) {
                at++;
            }
            if (at == start) {
                throw new Damaged();
            }
        }
    }

    private void skipString() {
        expect('"');
        while (at < end) {
            byte b = bytes[at++];
            if (b == '"') {
                return;
            }
            if (b == '\\') {
                at++;
            }
        }
        throw new Damaged();
    }

    private void skipSpace() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at++;
        }
    }

    private byte peek() {
        skipSpace();
        if (at >= end) {
            throw new Damaged();
        }
        return bytes[at];
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new Damaged();
        }
        at++;
    }

    @Override
    public byte[] line() {
        return decode(logFrom, logTo);
    }

    /** See {@link JsonWriter}. */
    @Override
    public int lineBytes() {
        int count = 0;
        for (int i = logFrom; i < logTo; ) {
            if (bytes[i] != '\\') {
                count++;
                i++;
            } else if (bytes[i + 1] != 'u') {
                count++;
                i += 2;
            } else {
                int c = hex(i + 2);
                count += c < 0x80 || c == 0xFFFD ? 1 : c < 0x800 ? 2 : 3;
                i += 6;
            }
        }
        return count;
    }

    /** The attributes; empty when there are none, or they are not strings. */
    @Override
    public Map<String, String> attributes() {
        if (attributesFrom < 0) {
            return Map.of();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        try {
            at = attributesFrom;
            expect('{');
            if (peek() == '}') {
                return Map.of();
            }
            do {
                skipSpace();
                int keyFrom = at + 1;
                skipString();
                int keyTo = at - 1;
                expect(':');
                skipSpace();
                int valueFrom = at + 1;
                skipString();
                attributes.put(text(keyFrom, keyTo), text(valueFrom, at - 1));
            } while (next());
        } catch (Damaged _) {
            return Map.of(); // another program's attributes need not be strings
        }
        return attributes;
    }

    private String text(int from, int to) {
        return new String(decode(from, to), StandardCharsets.UTF_8);
    }

    private byte[] decode(int from, int to) {
        byte[] out = new byte[to - from + 4]; // a cut-off escape grows
        int n = 0;
        for (int i = from; i < to; ) {
            byte b = bytes[i];
            if (b != '\\') {
                out[n++] = b;
                i++;
                continue;
            }
            byte escaped = bytes[i + 1];
            i += 2;
            switch (escaped) {
                case 'n' -> out[n++] = '\n';
                case 'r' -> out[n++] = '\r';
                case 't' -> out[n++] = '\t';
                case 'b' -> out[n++] = '\b';
                case 'f' -> out[n++] = '\f';
                case 'u' -> {
                    int c = hex(i);
                    i += 4;
                    if (Character.isHighSurrogate((char) c) && i + 6 <= to && bytes[i] == '\\' && bytes[i + 1] == 'u') {
                        int low = hex(i + 2);
                        if (Character.isLowSurrogate((char) low)) {
                            c = Character.toCodePoint((char) c, (char) low);
                            i += 6;
                        }
                    }
                    n = Utf8.put(out, n, Character.isBmpCodePoint(c) && Character.isSurrogate((char) c) ? 0xFFFD : c);
                }
                default -> out[n++] = escaped;
            }
        }
        return Arrays.copyOf(out, n);
    }

    /** Four hexadecimal digits; U+FFFD when they are not. */
    private int hex(int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < logTo || i < end ? Character.digit(bytes[i], 16) : -1;
            if (digit < 0) {
                return 0xFFFD;
            }
            value = (value << 4) | digit;
        }
        return value;
    }
}
