package dev.priok.core;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes as Docker's flags write it: {@code 512m}, {@code 1.5g}, {@code 64KiB}; every unit is a power of 1024.
 *
 * @param bytes the amount, never negative
 */
public record ByteCount(long bytes) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);

    public ByteCount {
        if (bytes < 0) {
            throw Failure.invalid("invalid size: '%d'", bytes);
        }
    }

    /** Reads a size; a bare number is bytes. */
    public static ByteCount parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw Failure.invalid("invalid size: '%s'", text);
        }
        int power = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 1;
            case "m" -> 2;
            case "g" -> 3;
            case "t" -> 4;
            case "p" -> 5;
            default -> 0;
        };
        double value = Double.parseDouble(matcher.group(1)) * Math.pow(1024, power);
        if (value > Long.MAX_VALUE) {
            throw Failure.invalid("invalid size: '%s'", text);
        }
        return new ByteCount((long) value);
    }
}
