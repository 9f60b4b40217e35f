package dev.priok.network;

import dev.priok.core.Failure;
import java.util.Arrays;
import java.util.HexFormat;

/** An Ethernet address, written {@code 02:42:ac:11:00:02}. */
public record MacAddress(String text) {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final int BYTES = 6;

    public MacAddress {
        text = COLONS.formatHex(parse(text));
    }

    public static MacAddress of(byte[] bytes) {
        return new MacAddress(COLONS.formatHex(bytes));
    }

    public byte[] bytes() {
        return parse(text);
    }

    private static byte[] parse(String text) {
        try {
            byte[] bytes = COLONS.parseHex(text);
            if (bytes.length == BYTES && (bytes[0] & 1) == 0 && !Arrays.equals(bytes, new byte[BYTES])) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, text + " is not a valid mac address", e);
        }
        throw Failure.invalid("%s is not a valid mac address", text);
    }

    @Override
    public String toString() {
        return text;
    }
}
