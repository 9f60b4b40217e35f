package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.engine.Limits.Ulimit;
import java.util.Locale;
import java.util.Set;

/** Resource limits: getrlimit(2). */
final class Rlimits {
    private static final Set<String> NAMES = Set.of(
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private Rlimits() {}

    static void validate(Ulimit ulimit) {
        if (!NAMES.contains(ulimit.name())) {
            throw Failure.invalid("invalid ulimit type: %s", ulimit.name());
        }
        if (ulimit.hard() != -1 && (ulimit.soft() == -1 || ulimit.soft() > ulimit.hard())) {
            throw Failure.invalid(
                    "ulimit soft limit must be less than or equal to hard limit: %s",
                    ulimit.soft() == -1
                            ? "soft: -1 (unlimited), hard: " + ulimit.hard()
                            : ulimit.soft() + " > " + ulimit.hard());
        }
    }

    /** {@code nofile} as {@code RLIMIT_NOFILE}. */
    static String kernelName(String name) {
        return "RLIMIT_" + name.toUpperCase(Locale.ROOT);
    }
}
