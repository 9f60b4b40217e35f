package dev.priok.logs.internal;

import dev.priok.core.Failure;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads values of log options as Docker's daemon reads them; what is wrong is a failure that names the option. */
final class OptionText {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kKmMgGtTpP])?[iI]?[bB]?");

    private OptionText() {}

    /** Refuses an option that the driver does not have. */
    static void known(String driver, Map<String, String> options, Set<String> names) {
        for (String name : options.keySet()) {
            if (!names.contains(name)) {
                throw Failure.invalid("unknown log opt '%s' for %s log driver", name, driver);
            }
        }
    }

    /** Bytes; {@code base} is 1000 for files (FromHumanSize of docker/go-units) and 1024 for buffers (RAMInBytes). */
    static long size(String text, int base) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw Failure.invalid("invalid size: '%s'", text);
        }
        String unit = matcher.group(2);
        int power = unit == null ? 0 : "kmgtp".indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
        return (long) (Double.parseDouble(matcher.group(1)) * Math.pow(base, power));
    }

    static int number(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, name + " is not a number: '" + text + "'", e);
        }
    }

    static boolean bool(String name, String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw Failure.invalid("invalid value for %s: '%s'", name, text);
        };
    }

    static Pattern regex(String name, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + name + ": " + e.getDescription(), e);
        }
    }
}
