package dev.priok.build.dockerfile;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
public final class Spelling {
    /** More edits than this make another word, not a slip. */
    private static final int MAXIMUM_EDITS = 2;

    /** Longer words are not compared: no keyword is that long, and the comparison is quadratic. */
    private static final int MAXIMUM_LENGTH = 32;

    private Spelling() {}

    /** {@code " (did you mean X?)"}, or nothing. */
    public static String suggestion(String word, Collection<String> known) {
        return nearest(word, known).map(k -> " (did you mean " + k + "?)").orElse("");
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > MAXIMUM_LENGTH) {
            return Optional.empty();
        }
        String lower = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k -> edits(lower, k.toLowerCase(Locale.ROOT)) <= Math.min(MAXIMUM_EDITS, k.length() / 2))
                .min(Comparator.comparingInt((String k) -> edits(lower, k.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance. */
    static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
