package dev.priok.cli.format;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Small conversions that many columns share. */
public final class Text {
    /** Digits of an id that lists show. */
    public static final int SHORT_ID_LENGTH = 12;

    private Text() {}

    /** The first digits of an id, without its algorithm. */
    public static String shortId(String id) {
        String digits = id.substring(id.indexOf(':') + 1);
        return digits.length() > SHORT_ID_LENGTH ? digits.substring(0, SHORT_ID_LENGTH) : digits;
    }

    /** {@code text} cut to {@code width} with an ellipsis as its last character. */
    public static String ellipsis(String text, int width) {
        int length = text.codePointCount(0, text.length());
        return length <= width ? text : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }

    /** {@code a=1,b=2}, sorted. */
    public static String labels(Map<String, @Nullable Object> labels) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, @Nullable Object> label : new TreeMap<>(labels).entrySet()) {
            out.append(out.isEmpty() ? "" : ",")
                    .append(label.getKey())
                    .append('=')
                    .append(label.getValue());
        }
        return out.toString();
    }

    /** A Go string literal, quotes included. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
