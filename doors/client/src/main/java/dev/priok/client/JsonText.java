package dev.priok.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes trees as JSON text. No type switches: javac makes them with invokedynamic, which an AOT cache does not hold. */
final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {}

    static void append(StringBuilder out, @Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                appendText(out, String.valueOf(entry.getKey()));
                out.append(':');
                append(out, entry.getValue());
                separator = ",";
            }
            out.append('}');
        } else if (tree instanceof List<?> list) {
            out.append('[');
            String separator = "";
            for (Object item : list) {
                out.append(separator);
                append(out, item);
                separator = ",";
            }
            out.append(']');
        } else {
            appendScalar(out, tree);
        }
    }

    static void appendIndented(StringBuilder out, @Nullable Object tree, String indent, int depth) {
        if (tree instanceof Map<?, ?> map && !map.isEmpty()) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                newLine(out, indent, depth + 1);
                appendText(out, String.valueOf(entry.getKey()));
                out.append(": ");
                appendIndented(out, entry.getValue(), indent, depth + 1);
                separator = ",";
            }
            newLine(out, indent, depth);
            out.append('}');
        } else if (tree instanceof List<?> list && !list.isEmpty()) {
            String separator = "[";
            for (Object item : list) {
                out.append(separator);
                newLine(out, indent, depth + 1);
                appendIndented(out, item, indent, depth + 1);
                separator = ",";
            }
            newLine(out, indent, depth);
            out.append(']');
        } else {
            append(out, tree);
        }
    }

    private static void newLine(StringBuilder out, String indent, int depth) {
        out.append('\n');
        for (int i = 0; i < depth; i++) {
            out.append(indent);
        }
    }

    private static void appendScalar(StringBuilder out, @Nullable Object scalar) {
        if (scalar instanceof String text) {
            appendText(out, text);
        } else if (scalar instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            out.append((long) (double) number);
        } else if (scalar == null || scalar instanceof Number || scalar instanceof Boolean) {
            out.append(scalar);
        } else {
            appendText(out, scalar.toString());
        }
    }

    private static void appendText(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || c == '\u2028' || c == '\u2029') {
                        out.append("\\u")
                                .append(HEX[c >> 12])
                                .append(HEX[(c >> 8) & 0xf])
                                .append(HEX[(c >> 4) & 0xf])
                                .append(HEX[c & 0xf]);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
