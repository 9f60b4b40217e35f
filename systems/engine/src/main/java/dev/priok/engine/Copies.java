package dev.priok.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Defensive copies for the records of this package; what is absent in a stored document becomes empty. */
final class Copies {
    private Copies() {}

    static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    static <T> @Nullable List<T> listOrNull(@Nullable List<T> list) {
        return list == null ? null : List.copyOf(list);
    }

    static <V> Map<String, V> map(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    static List<String> sorted(@Nullable List<String> list) {
        return list == null ? List.of() : List.copyOf(new TreeSet<>(list));
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
