package dev.priok.engine.spec;

import dev.priok.core.Failure;
import java.util.List;
import java.util.Locale;

/** Signals by name and number: signal(7), x86-64 and aarch64 alike. */
public final class Signals {
    public static final int KILL = 9;
    public static final int TERM = 15;

    private static final int REALTIME_MINIMUM = 34;
    private static final int MAXIMUM = 64;

    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    private Signals() {}

    /** The number of {@code TERM}, {@code SIGTERM}, {@code 15}, {@code RTMIN+3}; a failure for all others. */
    public static int parse(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        if (!name.isEmpty() && name.chars().allMatch(Character::isDigit) && name.length() <= 3) {
            int number = Integer.parseInt(name);
            if (number > 0 && number <= MAXIMUM) {
                return number;
            }
            throw invalid(text);
        }
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int index = name.isEmpty() ? -1 : NAMES.indexOf(name);
        if (index > 0) {
            return index;
        }
        return switch (name) {
            case "IOT" -> 6;
            case "CLD" -> 17;
            case "POLL" -> 29;
            case "RTMIN" -> REALTIME_MINIMUM;
            case "RTMAX" -> MAXIMUM;
            default -> realtime(name, text);
        };
    }

    private static int realtime(String name, String text) {
        int number = -1;
        if (name.matches("RTMIN\\+\\d{1,2}")) {
            number = REALTIME_MINIMUM + Integer.parseInt(name.substring(6));
        } else if (name.matches("RTMAX-\\d{1,2}")) {
            number = MAXIMUM - Integer.parseInt(name.substring(6));
        }
        if (number < REALTIME_MINIMUM || number > MAXIMUM) {
            throw invalid(text);
        }
        return number;
    }

    private static Failure invalid(String text) {
        return Failure.invalid("invalid signal: %s", text);
    }
}
