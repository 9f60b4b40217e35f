package dev.priok.client;

import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code filters} parameter of list calls: {@code {"status":{"running":true}}}. */
public final class Filters {
    private final Map<String, Map<String, Boolean>> values = new LinkedHashMap<>();

    /** No filter yet. */
    public Filters() {}

    /** Adds a value; values of one key are alternatives. */
    public Filters add(String key, String value) {
        values.computeIfAbsent(key, _ -> new LinkedHashMap<>()).put(value, true);
        return this;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Empty text when there is no filter, else JSON. */
    public String text() {
        return values.isEmpty() ? "" : Json.write(values);
    }
}
