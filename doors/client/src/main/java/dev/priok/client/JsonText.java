package dev.priok.client;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes trees as JSON text, numbers as Go writes them. */
final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {}

    static void append(StringBuilder out, @Nullable Object tree) {
        switch (tree) {
            case Map<?, ?> map -> {
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
            }
            case List<?> list -> {
                out.append('[');
                String separator = "";
                for (Object item : list) {
                    out.append(separator);
                    append(out, item);
                    separator = ",";
                }
                out.append(']');
            }
            case null -> out.append("null");
            default -> appendScalar(out, tree);
        }
    }

    static void appendIndented(StringBuilder out, @Nullable Object tree, String indent, int depth) {
        switch (tree) {
            case Map<?, ?> map
            when !map.isEmpty() -> {
                out.append('{');
                Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                while (entries.hasNext()) {
                    Map.Entry<?, ?> entry = entries.next();
                    newLine(out, indent, depth + 1);
                    appendText(out, String.valueOf(entry.getKey()));
                    out.append(": ");
                    appendIndented(out, entry.getValue(), indent, depth + 1);
                    if (entries.hasNext()) {
                        out.append(',');
                    }
                }
                newLine(out, indent, depth);
                out.append('}');
            }
            case List<?> list
            when !list.isEmpty() -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    newLine(out, indent, depth + 1);
                    appendIndented(out, list.get(i), indent, depth + 1);
                }
                newLine(out, indent, depth);
                out.append(']');
            }
            case null, default -> append(out, tree);
        }
    }

    private static void newLine(StringBuilder out, String indent, int depth) {
        out.append('\n');
        for (int i = 0; i < depth; i++) {
            out.append(indent);
        }
    }

    private static void appendScalar(StringBuilder out, Object scalar) {
        switch (scalar) {
            case String text -> appendText(out, text);
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1e15 -> out.append((long) (double) number);
            case Number number -> out.append(number);
            case Boolean flag -> out.append((boolean) flag);
            default -> appendText(out, scalar.toString());
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
