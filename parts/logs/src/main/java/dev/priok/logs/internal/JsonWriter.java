package dev.priok.logs.internal;

import java.util.Arrays;

/**
 * JSON text into a growing array, with strings escaped byte for byte as Docker's json-file does: {@code <}, {@code >},
 * {@code &} and U+2028/9 as escapes, control characters but newline and return as {@code \}{@code u00xx}, and each byte that is
 * not UTF-8 as {@code \}{@code ufffd}. A real U+FFFD stays as it is, so the number of bytes that went in can always be told.
 */
final class JsonWriter {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    /** The longest that one byte can become. */
    static final int MAXIMUM_EXPANSION = 6;

    /** What stands for a byte below 0x80 when it cannot stand for itself; null when it can. */
    private static final byte[][] ESCAPES = escapes();

    private byte[] out;
    private int length;

    JsonWriter(int capacity) {
        out = new byte[capacity];
    }

    /** Writes into {@code array} as long as it lasts. */
    JsonWriter(byte[] array) {
        out = array;
    }

    private static byte[][] escapes() {
        byte[][] escapes = new byte[128][];
        for (int b = 0; b < 0x20; b++) {
            escapes[b] = new byte[] {'\\', 'u', '0', '0', HEX[b >> 4], HEX[b & 0xF]};
        }
        for (char c : new char[] {'<', '>', '&'}) {
            escapes[c] = new byte[] {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 0xF]};
        }
        escapes['\n'] = new byte[] {'\\', 'n'};
        escapes['\r'] = new byte[] {'\\', 'r'};
        escapes['"'] = new byte[] {'\\', '"'};
        escapes['\\'] = new byte[] {'\\', '\\'};
        return escapes;
    }

    int length() {
        return length;
    }

    byte[] array() {
        return out;
    }

    void clear() {
        length = 0;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(out, length);
    }

    void raw(char c) {
        room(1);
        out[length++] = (byte) c;
    }

    void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    void raw(byte[] bytes, int from, int count) {
        room(count);
        System.arraycopy(bytes, from, out, length, count);
        length += count;
    }

    void string(byte[] bytes) {
        string(bytes, 0, bytes.length);
    }

    /** The bytes as a string in quotes. */
    void string(byte[] bytes, int from, int to) {
        room(MAXIMUM_EXPANSION * (to - from) + 2);
        byte[] o = out;
        int n = length;
        o[n++] = '"';
        int i = from;
        while (i < to) {
            byte b = bytes[i];
            if (b >= 0) {
                byte[] escape = ESCAPES[b];
                if (escape == null) {
                    o[n++] = b;
                } else {
                    System.arraycopy(escape, 0, o, n, escape.length);
                    n += escape.length;
                }
                i++;
                continue;
            }
            int size = Utf8.sequence(bytes, i, to);
            if (size == 0) {
                n = escape(o, n, 0xFFFD);
                i++;
            } else if (size == 3 && b == (byte) 0xE2 && bytes[i + 1] == (byte) 0x80 && (bytes[i + 2] & 0xFE) == 0xA8) {
                n = escape(o, n, 0x2000 | (bytes[i + 2] & 0x3F));
                i += size;
            } else {
                for (int end = i + size; i < end; i++) {
                    o[n++] = bytes[i];
                }
            }
        }
        o[n++] = '"';
        length = n;
    }

    private static int escape(byte[] o, int at, int c) {
        int n = at;
        o[n++] = '\\';
        o[n++] = 'u';
        o[n++] = HEX[(c >> 12) & 0xF];
        o[n++] = HEX[(c >> 8) & 0xF];
        o[n++] = HEX[(c >> 4) & 0xF];
        o[n++] = HEX[c & 0xF];
        return n;
    }

    private void room(int count) {
        if (out.length - length < count) {
            out = Arrays.copyOf(out, Math.max(length + count, Math.min(out.length, 1 << 29) * 2));
        }
    }
}
