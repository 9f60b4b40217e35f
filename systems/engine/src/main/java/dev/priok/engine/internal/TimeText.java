package dev.priok.engine.internal;

import dev.priok.core.Failure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time as filters write them: a Go duration before now, seconds since 1970, or RFC 3339 with parts left out. */
final class TimeText {
    private static final Pattern UNIX = Pattern.compile("(-?\\d{1,12})(?:\\.(\\d{1,9}))?");
    private static final Pattern DURATION = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

    private TimeText() {}

    static Instant parse(String text, Instant now) {
        try {
            Matcher unix = UNIX.matcher(text);
            if (unix.matches()) {
                String fraction = unix.group(2) == null ? "0" : (unix.group(2) + "000000000").substring(0, 9);
                return Instant.ofEpochSecond(Long.parseLong(unix.group(1)), Long.parseLong(fraction));
            }
            if (DURATION.matcher(text).matches()) {
                return now.minus(duration(text));
            }
            if (text.matches(".*(Z|[+-]\\d\\d:\\d\\d)$") && text.indexOf('T') > 0) {
                return OffsetDateTime.parse(text).toInstant();
            }
            return text.indexOf('T') > 0
                    ? LocalDateTime.parse(text).toInstant(ZoneOffset.UTC)
                    : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        } catch (DateTimeException | ArithmeticException e) {
            throw new Failure(Failure.Kind.INVALID, "failed to parse value as time or duration: \"" + text + "\"", e);
        }
    }

    private static Duration duration(String text) {
        double nanos = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            double unit = switch (part.group(2)) {
                case "ns" -> 1;
                case "us", "µs" -> 1e3;
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "m" -> 60e9;
                default -> 3600e9;
            };
            nanos += Double.parseDouble(part.group(1)) * unit;
        }
        return Duration.ofNanos((long) nanos);
    }
}
