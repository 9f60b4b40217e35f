package dev.priok.logs.internal;

/** What is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF; as Go's utf8.DecodeRune. */
final class Utf8 {
    private Utf8() {}

    /** Length of the sequence of several bytes at {@code at}, or 0 when there is no well-formed one. */
    static int sequence(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xFF;
        int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || to - at < size) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** Writes one code point and returns where the next goes. */
    static int put(byte[] out, int at, int c) {
        int n = at;
        if (c < 0x80) {
            out[n++] = (byte) c;
        } else if (c < 0x800) {
            out[n++] = (byte) (0xC0 | (c >> 6));
            out[n++] = (byte) (0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            out[n++] = (byte) (0xE0 | (c >> 12));
            out[n++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            out[n++] = (byte) (0x80 | (c & 0x3F));
        } else {
            out[n++] = (byte) (0xF0 | (c >> 18));
            out[n++] = (byte) (0x80 | ((c >> 12) & 0x3F));
            out[n++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            out[n++] = (byte) (0x80 | (c & 0x3F));
        }
        return n;
    }
}
