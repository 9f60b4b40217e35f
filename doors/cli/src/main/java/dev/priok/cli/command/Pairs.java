package dev.priok.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code KEY=VALUE} texts as maps. */
public final class Pairs {
    private Pairs() {}

    /** A text without equals sign has an empty value; the last of equal keys wins. */
    public static Map<String, Object> of(List<String> texts) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            pairs.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return pairs;
    }
}
