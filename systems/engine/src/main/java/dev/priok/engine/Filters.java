package dev.priok.engine;

import dev.priok.core.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The {@code filters} of a list or prune call: values of one key are alternatives, keys all have to hold.
 *
 * @param values by key
 */
public record Filters(Map<String, List<String>> values) {
    /** Lets everything through. */
    public static final Filters NONE = new Filters(Map.of());

    public Filters {
        values = Copies.map(values);
    }

    public List<String> get(String key) {
        return values.getOrDefault(key, List.of());
    }

    public boolean has(String key) {
        return !get(key).isEmpty();
    }

    /** Refuses keys that the call does not know. */
    public Filters onlyKnowing(String... known) {
        Set<String> allowed = Set.copyOf(Arrays.asList(known));
        for (String key : values.keySet()) {
            if (!allowed.contains(key)) {
                throw Failure.invalid("invalid filter '%s'", key);
            }
        }
        return this;
    }

    /** Whether {@code value} is one of the key's, or the key has none. */
    public boolean exact(String key, String value) {
        return !has(key) || get(key).contains(value);
    }

    /** Whether a value of the key is found in {@code source} as a regular expression or as text, or the key has none. */
    public boolean match(String key, String source) {
        return !has(key) || get(key).stream().anyMatch(v -> matches(v, source));
    }

    private static boolean matches(String pattern, String source) {
        try {
            return Pattern.compile(pattern).matcher(source).find();
        } catch (PatternSyntaxException _) {
            return source.contains(pattern);
        }
    }

    /** Whether all label values ({@code k} or {@code k=v}) hold for these labels. */
    public boolean labels(String key, Map<String, String> labels) {
        return get(key).stream().allMatch(wanted -> hasLabel(labels, wanted));
    }

    /** Whether none of the {@code label!} values holds, or there are none. */
    public boolean lacksLabels(String key, Map<String, String> labels) {
        return get(key).stream().noneMatch(unwanted -> hasLabel(labels, unwanted));
    }

    private static boolean hasLabel(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    /** The truth of a boolean key, {@code otherwise} when it is absent; two different values or other words are refused. */
    public boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        boolean yes = get(key).stream().anyMatch(Set.of("1", "true")::contains);
        boolean no = get(key).stream().anyMatch(Set.of("0", "false")::contains);
        if (yes == no) {
            throw Failure.invalid("invalid filter '%s=[%s]'", key, String.join(" ", get(key)));
        }
        return yes;
    }
}
