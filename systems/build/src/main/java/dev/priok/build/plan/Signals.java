package dev.priok.build.plan;

import dev.priok.build.dockerfile.SourceRange;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the word of STOPSIGNAL. */
final class Signals {
    private static final Set<String> NAMES = Set.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
            "VTALRM", "PROF", "WINCH", "IO", "POLL", "PWR", "SYS", "RTMIN", "RTMAX");

    private static final Pattern NUMBER = Pattern.compile("[1-9]|[1-5][0-9]|6[0-4]");
    private static final Pattern REAL_TIME = Pattern.compile("RTMIN\\+([1-9]|1[0-5])|RTMAX-([1-9]|1[0-4])");

    private Signals() {}

    static String check(String text, SourceRange lines) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (!NUMBER.matcher(text).matches()
                && !NAMES.contains(name)
                && !REAL_TIME.matcher(name).matches()) {
            throw lines.failure("invalid signal: " + text);
        }
        return text;
    }
}
