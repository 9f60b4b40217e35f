package dev.priok.cgroup.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The formats that control files are written in. */
final class Texts {
    private Texts() {}

    /** One number; empty for {@code max}. */
    static OptionalLong number(String text) {
        String trimmed = text.strip();
        return trimmed.isEmpty() || trimmed.equals("max") ? OptionalLong.empty() : OptionalLong.of(longOf(trimmed));
    }

    /** Lines of {@code key value}, such as {@code cpu.stat}; lines of another form are left out. */
    static Map<String, Long> keyed(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(" ");
            if (words.length == 2) {
                values.put(words[0], longOf(words[1]));
            }
        }
        return values;
    }

    /** Lines of one number, such as {@code cgroup.procs}. */
    static List<Integer> numbers(String text) {
        List<Integer> found = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank()) {
                found.add(Integer.parseInt(line.strip()));
            }
        }
        return found;
    }

    /** Some counters of v1 are unsigned and stand near 2^64 when there is no limit. */
    static long longOf(String digits) {
        long value = Long.parseUnsignedLong(digits);
        return value < 0 ? Long.MAX_VALUE : value;
    }
}
