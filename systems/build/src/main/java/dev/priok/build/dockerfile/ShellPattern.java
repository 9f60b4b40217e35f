package dev.priok.build.dockerfile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * The pattern of {@code ${name#pattern}} and its like: {@code *}, {@code ?} and characters, a backslash taking away the
 * meaning of the next character. Matching takes time in proportion to text and pattern, whatever they are.
 */
final class ShellPattern {
    private static final int ANY_TEXT = -1;
    private static final int ANY_CHARACTER = -2;

    private final List<Integer> tokens;

    private ShellPattern(List<Integer> tokens) {
        this.tokens = tokens;
    }

    static ShellPattern of(String pattern) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*') {
                tokens.add(ANY_TEXT);
            } else if (c == '?') {
                tokens.add(ANY_CHARACTER);
            } else if (c == '\\' && i + 1 < pattern.length()) {
                i++;
                tokens.add((int) pattern.charAt(i));
            } else {
                tokens.add((int) c);
            }
        }
        return new ShellPattern(tokens);
    }

    /** The end of the shortest or longest match that begins at {@code from}, or -1. */
    int matchEnd(CharSequence text, int from, boolean longest) {
        BitSet states = new BitSet(tokens.size() + 1);
        states.set(0);
        int end = -1;
        for (int i = from; ; i++) {
            followAnyText(states);
            if (states.get(tokens.size())) {
                end = i;
                if (!longest) {
                    return end;
                }
            }
            if (i >= text.length() || states.isEmpty()) {
                return end;
            }
            states = after(states, text.charAt(i));
        }
    }

    private void followAnyText(BitSet states) {
        for (int s = states.nextSetBit(0); s >= 0 && s < tokens.size(); s = states.nextSetBit(s + 1)) {
            if (tokens.get(s) == ANY_TEXT) {
                states.set(s + 1);
            }
        }
    }

    private BitSet after(BitSet states, char c) {
        BitSet next = new BitSet(tokens.size() + 1);
        for (int s = states.nextSetBit(0); s >= 0 && s < tokens.size(); s = states.nextSetBit(s + 1)) {
            int token = tokens.get(s);
            if (token == ANY_TEXT) {
                next.set(s);
            } else if (token == ANY_CHARACTER || token == c) {
                next.set(s + 1);
            }
        }
        return next;
    }

    /** {@code value} without the shortest or longest prefix that matches. */
    String removePrefix(String value, boolean longest) {
        int end = matchEnd(value, 0, longest);
        return end < 0 ? value : value.substring(end);
    }

    /** {@code value} without the shortest or longest suffix that matches. */
    String removeSuffix(String value, boolean longest) {
        List<Integer> backwards = new ArrayList<>(tokens);
        Collections.reverse(backwards);
        StringBuilder reversed = new StringBuilder(value);
        // Not StringBuilder.reverse alone: it would keep surrogate pairs in order, but tokens are single chars too.
        for (int i = 0; i < value.length(); i++) {
            reversed.setCharAt(i, value.charAt(value.length() - 1 - i));
        }
        int end = new ShellPattern(backwards).matchEnd(reversed, 0, longest);
        return end < 0 ? value : value.substring(0, value.length() - end);
    }

    /** {@code value} with the first match, or every match, replaced; matches are as long as can be. */
    String replace(String value, String replacement, boolean all) {
        StringBuilder result = new StringBuilder();
        int i = 0;
        while (i < value.length()) {
            int end = matchEnd(value, i, true);
            if (end <= i) {
                result.append(value.charAt(i++));
                continue;
            }
            result.append(replacement);
            i = end;
            if (!all) {
                break;
            }
        }
        return result.append(value, Math.min(i, value.length()), value.length()).toString();
    }
}
