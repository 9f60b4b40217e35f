package dev.priok.logs.internal;

import dev.priok.logs.LogStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One message of a {@link LocalFormat} file; fields that it does not know are passed over. */
final class LocalRecord implements LogRecord {
    private byte[] bytes = new byte[0];
    private @Nullable LogStream stream;
    private long epochNanos;
    private int lineFrom;
    private int lineTo;
    private boolean partial;
    private boolean last;
    private int attributesFrom;
    private int end;

    /** A place in the message. */
    private static final class Place {
        final byte[] bytes;
        int at;
        final int end;
        boolean damaged;

        Place(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean more() {
            return !damaged && at < end;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
                byte b = bytes[at++];
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            damaged = true;
            return 0;
        }

        /** The length of a field, checked against what is there. */
        int length() {
            long length = varint();
            if (length < 0 || length > end - at) {
                damaged = true;
                return 0;
            }
            return (int) length;
        }

        void skip(int wireType) {
            switch (wireType) {
                case 0 -> varint();
                case 1 -> at += Long.BYTES;
                case 2 -> {
                    int length = length();
                    at += length;
                }
                case 5 -> at += Integer.BYTES;
                default -> damaged = true;
            }
            damaged |= at > end;
        }
    }

    @Override
    public boolean read(byte[] array, int from, int to) {
        bytes = array;
        end = to;
        stream = null;
        epochNanos = 0;
        lineFrom = 0;
        lineTo = 0;
        partial = false;
        last = false;
        attributesFrom = -1;
        Place place = new Place(array, from, to);
        while (place.more()) {
            int fieldAt = place.at;
            long tag = place.varint();
            switch ((int) tag) {
                case 0x0A -> {
                    int length = place.length();
                    stream = stream(place.at, length);
                    place.at += length;
                }
                case 0x10 -> epochNanos = place.varint();
                case 0x1A -> {
                    int length = place.length();
                    lineFrom = place.at;
                    place.at += length;
                    lineTo = place.at;
                }
                case 0x20 -> partial = place.varint() != 0;
                case 0x2A -> {
                    int length = place.length();
                    part(new Place(array, place.at, place.at + length));
                    place.at += length;
                }
                case 0x32 -> {
                    attributesFrom = attributesFrom < 0 ? fieldAt : attributesFrom;
                    place.skip(2);
                }
                default -> place.skip((int) (tag & 7));
            }
        }
        return !place.damaged && stream != null;
    }

    private @Nullable LogStream stream(int at, int length) {
        for (LogStream candidate : LogStream.values()) {
            byte[] name = candidate.wireName().getBytes(StandardCharsets.US_ASCII);
            if (Arrays.equals(bytes, at, at + length, name, 0, name.length)) {
                return candidate;
            }
        }
        return null;
    }

    private void part(Place place) {
        while (place.more()) {
            long tag = place.varint();
            if (tag == 0x08) {
                last = place.varint() != 0;
            } else {
                place.skip((int) (tag & 7));
            }
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

    private boolean ends() {
        return !partial || last;
    }

    @Override
    public byte[] line() {
        byte[] line = Arrays.copyOfRange(bytes, lineFrom, ends() ? lineTo + 1 : lineTo);
        if (ends()) {
            line[line.length - 1] = '\n';
        }
        return line;
    }

    @Override
    public int lineBytes() {
        return lineTo - lineFrom + (ends() ? 1 : 0);
    }

    @Override
    public Map<String, String> attributes() {
        if (attributesFrom < 0) {
            return Map.of();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        Place place = new Place(bytes, attributesFrom, end);
        while (place.more()) {
            long tag = place.varint();
            if (tag != 0x32) {
                place.skip((int) (tag & 7));
                continue;
            }
            int length = place.length();
            attribute(new Place(bytes, place.at, place.at + length), attributes);
            place.at += length;
        }
        return attributes;
    }

    private void attribute(Place place, Map<String, String> to) {
        String key = "";
        String value = "";
        while (place.more()) {
            long tag = place.varint();
            if (tag != 0x0A && tag != 0x12) {
                place.skip((int) (tag & 7));
                continue;
            }
            int length = place.length();
            String text = new String(bytes, place.at, length, StandardCharsets.UTF_8);
            place.at += length;
            if (tag == 0x0A) {
                key = text;
            } else {
                value = text;
            }
        }
        to.put(key, value);
    }
}
