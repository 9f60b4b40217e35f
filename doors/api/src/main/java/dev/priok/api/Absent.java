package dev.priok.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands for a field that a client left out or set to null. */
final class Absent {
    private Absent() {}

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static <V> Map<String, V> map(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
