package dev.priok.cli.format;

import dev.priok.cli.option.BadValue;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Durations as Go writes them: {@code 1h30m}, {@code 1.5s}, {@code 300ms}.
 *
 * @see <a href="https://pkg.go.dev/time#ParseDuration">ParseDuration</a>
 */
public final class GoDuration {
    private GoDuration() {}

    /** Reads a duration, or says what docker says. */
    public static Duration parse(String text) throws BadValue {
        Duration duration = parseOrNull(text);
        if (duration == null) {
            throw new BadValue("time: invalid duration \"" + text + "\"");
        }
        return duration;
    }

    static @Nullable Duration parseOrNull(String text) {
        boolean isNegative = text.startsWith("-");
        int at = isNegative || text.startsWith("+") ? 1 : 0;
        if (text.substring(at).equals("0")) {
            return Duration.ZERO;
        }
        if (at == text.length()) {
            return null;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            int unitStart = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            long unit = nanosOf(text.substring(unitStart, at));
            if (unit == 0 || start == unitStart) {
                return null;
            }
            try {
                nanos = nanos.add(new BigDecimal(text.substring(start, unitStart)).multiply(BigDecimal.valueOf(unit)));
            } catch (NumberFormatException _) {
                return null;
            }
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return null;
        }
        return Duration.ofNanos(isNegative ? -nanos.longValue() : nanos.longValue());
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs", "μs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 0;
        };
    }
}
