package dev.priok.server.route;

import dev.priok.core.Failure;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import org.jspecify.annotations.Nullable;

/** Times as Go writes and Docker's clients send them. */
final class GoTime {
    /** Go's zero time, which stands for never. */
    static final String ZERO = "0001-01-01T00:00:00Z";

    private static final DateTimeFormatter NANO = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter NANO_FIXED = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 9, 9, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private GoTime() {}

    /** RFC 3339 with as many digits as there are, {@link #ZERO} for null. */
    static String text(@Nullable Instant time) {
        return time == null ? ZERO : NANO.format(time);
    }

    /** RFC 3339 with nine digits, as log lines begin. */
    static String fixed(Instant time) {
        return NANO_FIXED.format(time);
    }

    /** Seconds since 1970, 0 for null. */
    static long seconds(@Nullable Instant time) {
        return time == null ? 0 : time.getEpochSecond();
    }

    /** Nanoseconds since 1970. */
    static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    /**
     * A moment as {@code since} and {@code until} name it: seconds with a fraction, RFC 3339, or a duration before now; null when
     * empty or 0.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} naming the parameter
     */
    static @Nullable Instant moment(String name, String text, Instant now) {
        if (text.isEmpty() || text.equals("0")) {
            return null;
        }
        try {
            if (text.matches("-?\\d+(\\.\\d+)?")) {
                var seconds = new BigDecimal(text);
                return Instant.ofEpochSecond(
                        seconds.longValue(),
                        seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
            }
            if (text.matches("(\\d+(\\.\\d+)?[hms])+")) {
                return now.minus(Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT)));
            }
            return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text.contains("T") ? text : text + "T00:00:00")
                            .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new Failure(
                    Failure.Kind.INVALID, "invalid value for \"%s\": '%s' is no time".formatted(name, text), e);
        }
    }
}
