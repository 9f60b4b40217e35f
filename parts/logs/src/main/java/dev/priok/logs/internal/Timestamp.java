package dev.priok.logs.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as json-file has them: RFC 3339 in UTC, up to nine digits of a second, zeros at the end left out. */
final class Timestamp {
    static final long NANOS = 1_000_000_000L;

    private static final int SECONDS_LENGTH = "2006-01-02T15:04:05".length();

    private final byte[] text = new byte[SECONDS_LENGTH + 11];
    private long second = Long.MIN_VALUE;
    private int length;

    /** Appends the time in quotes; cheap for times within one second. */
    void write(long epochNanos, JsonWriter json) {
        long wanted = Math.floorDiv(epochNanos, NANOS);
        if (wanted != second) {
            second = wanted;
            String seconds =
                    LocalDateTime.ofEpochSecond(wanted, 0, ZoneOffset.UTC).toString();
            // Seconds of zero are left out by LocalDateTime.
            String whole = seconds.length() < SECONDS_LENGTH ? seconds + ":00" : seconds;
            for (int i = 0; i < SECONDS_LENGTH; i++) {
                text[i] = (byte) whole.charAt(i);
            }
        }
        length = SECONDS_LENGTH;
        int nanos = (int) Math.floorMod(epochNanos, NANOS);
        if (nanos != 0) {
            text[length++] = '.';
            for (int unit = 100_000_000; nanos != 0; unit /= 10) {
                text[length++] = (byte) ('0' + nanos / unit);
                nanos %= unit;
            }
        }
        text[length++] = 'Z';
        json.raw('"');
        json.raw(text, 0, length);
        json.raw('"');
    }

    static long nanos(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), time.getNano());
    }

    static Instant instant(long epochNanos) {
        return Instant.ofEpochSecond(Math.floorDiv(epochNanos, NANOS), Math.floorMod(epochNanos, NANOS));
    }

    /** Reads what {@link #write} wrote, or the same with another offset; {@code Long.MIN_VALUE} when it is no time. */
    static long parse(byte[] bytes, int from, int to) {
        if (to - from <= SECONDS_LENGTH || bytes[to - 1] != 'Z') {
            return parseSlowly(bytes, from, to);
        }
        int year = number(bytes, from, 4);
        int month = number(bytes, from + 5, 2);
        int day = number(bytes, from + 8, 2);
        int hour = number(bytes, from + 11, 2);
        int minute = number(bytes, from + 14, 2);
        int seconds = number(bytes, from + 17, 2);
        if ((year | month | day | hour | minute | seconds) < 0 || month < 1 || month > 12) {
            return Long.MIN_VALUE;
        }
        long nanos = 0;
        int unit = 100_000_000;
        for (int i = from + SECONDS_LENGTH + 1; i < to - 1 && unit > 0; i++, unit /= 10) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return Long.MIN_VALUE;
            }
            nanos += (long) digit * unit;
        }
        long days = epochDay(year, month, day);
        return ((days * 24 + hour) * 60 + minute) * 60 * NANOS + seconds * NANOS + nanos;
    }

    /** Days since 1970 in the proleptic Gregorian calendar, counting years from March. */
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(y, 400);
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146097L + yearOfEra * 365L + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
    }

    private static int number(byte[] bytes, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static long parseSlowly(byte[] bytes, int from, int to) {
        try {
            String text = new String(bytes, from, to - from, java.nio.charset.StandardCharsets.US_ASCII);
            return nanos(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException | ArithmeticException _) {
            return Long.MIN_VALUE; // the caller counts the record as damaged
        }
    }
}
