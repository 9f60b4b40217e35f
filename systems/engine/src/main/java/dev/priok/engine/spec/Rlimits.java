package dev.priok.engine.spec;

import java.util.Locale;

/** Resource limits: getrlimit(2). */
final class Rlimits {
    private Rlimits() {}

    /** {@code nofile} as {@code RLIMIT_NOFILE}. */
    static String kernelName(String name) {
        return "RLIMIT_" + name.toUpperCase(Locale.ROOT);
    }
}
