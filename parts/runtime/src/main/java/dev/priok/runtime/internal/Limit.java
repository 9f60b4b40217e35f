package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import java.util.Locale;

/** The limits of a process with their numbers (asm-generic/resource.h). */
public enum Limit {
    CPU(0),
    FSIZE(1),
    DATA(2),
    STACK(3),
    CORE(4),
    RSS(5),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    AS(9),
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    private static final String PREFIX = "RLIMIT_";

    private final int number;

    Limit(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Limit named(String type) {
        String name = type.toUpperCase(Locale.ROOT);
        for (Limit limit : values()) {
            if (name.equals(PREFIX + limit.name())) {
                return limit;
            }
        }
        throw Failure.invalid("unknown limit: %s", type);
    }

    String kernelName() {
        return PREFIX + name();
    }
}
