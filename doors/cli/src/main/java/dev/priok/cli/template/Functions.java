package dev.priok.cli.template;

import dev.priok.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Go's own functions and docker's. {@code and} and {@code or} are not here: they do not evaluate all their words. */
final class Functions {
    private static final Set<String> NAMES = Set.of(
            "and",
            "eq",
            "ge",
            "gt",
            "index",
            "join",
            "json",
            "le",
            "len",
            "lower",
            "lt",
            "ne",
            "not",
            "or",
            "pad",
            "print",
            "printf",
            "println",
            "slice",
            "split",
            "title",
            "truncate",
            "upper");

    private Functions() {}

    static boolean has(String name) {
        return NAMES.contains(name);
    }

    /** Whether a function leaves column titles alone. */
    static boolean keepsTitles(String name) {
        return switch (name) {
            case "json", "lower", "upper", "title", "truncate", "join", "split", "pad", "slice" -> true;
            default -> false;
        };
    }

    static @Nullable Object call(String name, List<@Nullable Object> arguments) throws TemplateError {
        return switch (name) {
            case "json" -> json(only(arguments));
            case "lower" -> text(only(arguments)).toLowerCase(Locale.ROOT);
            case "upper" -> text(only(arguments)).toUpperCase(Locale.ROOT);
            case "title" -> title(text(only(arguments)));
            case "join" -> join(arguments);
            case "split" -> split(arguments);
            case "truncate" -> truncate(arguments);
            case "pad" -> pad(arguments);
            case "len" -> length(only(arguments));
            case "index" -> index(arguments);
            case "slice" -> slice(arguments);
            case "not" -> !Values.isTrue(only(arguments));
            case "eq" -> equalsAny(arguments);
            case "ne" -> !equalsAny(exactly(2, arguments));
            case "lt" -> compare(arguments) < 0;
            case "le" -> compare(arguments) <= 0;
            case "gt" -> compare(arguments) > 0;
            case "ge" -> compare(arguments) >= 0;
            case "print" -> print(arguments);
            case "println" -> println(arguments);
            case "printf" -> Printf.format(arguments);
            default -> throw new TemplateError("function \"" + name + "\" not defined");
        };
    }

    private static @Nullable Object only(List<@Nullable Object> arguments) throws TemplateError {
        return exactly(1, arguments).getFirst();
    }

    private static List<@Nullable Object> exactly(int count, List<@Nullable Object> arguments) throws TemplateError {
        if (arguments.size() != count) {
            throw new TemplateError("wrong number of args: want " + count + " got " + arguments.size());
        }
        return arguments;
    }

    private static String text(@Nullable Object value) throws TemplateError {
        return switch (value) {
            case String text -> text;
            case Nothing nothing when nothing == Nothing.TEXT || nothing == Nothing.NO_VALUE -> "";
            case null, default -> throw new TemplateError("expected string; found " + Values.text(value));
        };
    }

    private static int number(@Nullable Object value) throws TemplateError {
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw new TemplateError("expected integer; found " + Values.text(value));
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder(text);
        boolean starts = true;
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (starts) {
                out.setCharAt(i, Character.toTitleCase(c));
            }
            starts = !Character.isLetterOrDigit(c) && c != '_' && c != '\'';
        }
        return out.toString();
    }

    private static String join(List<@Nullable Object> arguments) throws TemplateError {
        exactly(2, arguments);
        Object items = arguments.getFirst();
        if (items instanceof Nothing) {
            return "";
        }
        if (!(items instanceof List<?> list)) {
            throw new TemplateError("expected []string; found " + Values.text(items));
        }
        StringBuilder out = new StringBuilder();
        String separator = "";
        for (Object item : list) {
            out.append(separator);
            Values.print(out, item);
            separator = text(arguments.getLast());
        }
        return out.toString();
    }

    private static List<@Nullable Object> split(List<@Nullable Object> arguments) throws TemplateError {
        exactly(2, arguments);
        String whole = text(arguments.getFirst());
        String separator = text(arguments.getLast());
        List<@Nullable Object> parts = new ArrayList<>();
        if (separator.isEmpty()) {
            whole.codePoints().forEach(point -> parts.add(Character.toString(point)));
            return parts;
        }
        int from = 0;
        for (int at = whole.indexOf(separator); at >= 0; at = whole.indexOf(separator, from)) {
            parts.add(whole.substring(from, at));
            from = at + separator.length();
        }
        parts.add(whole.substring(from));
        return parts;
    }

    private static String truncate(List<@Nullable Object> arguments) throws TemplateError {
        exactly(2, arguments);
        String whole = text(arguments.getFirst());
        int length = number(arguments.getLast());
        return whole.length() <= length ? whole : whole.substring(0, Math.max(0, length));
    }

    private static String pad(List<@Nullable Object> arguments) throws TemplateError {
        exactly(3, arguments);
        String whole = text(arguments.getFirst());
        return whole.isEmpty()
                ? ""
                : " ".repeat(Math.max(0, number(arguments.get(1))))
                        + whole
                        + " ".repeat(Math.max(0, number(arguments.get(2))));
    }

    private static Long length(@Nullable Object value) throws TemplateError {
        return switch (value) {
            case String text -> (long) text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case Nothing nothing when nothing != Nothing.POINTER -> 0L;
            case null, default -> throw new TemplateError("len of type " + Values.typeName(value));
        };
    }

    private static @Nullable Object index(List<@Nullable Object> arguments) throws TemplateError {
        if (arguments.isEmpty()) {
            throw new TemplateError("wrong number of args: want at least 1 got 0");
        }
        Object value = arguments.getFirst();
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case Map<?, ?> map -> {
                    Object found = map.get(text(key));
                    yield found != null ? found : Nothing.TEXT;
                }
                case List<?> list -> {
                    int at = number(key);
                    if (at < 0 || at >= list.size()) {
                        throw new TemplateError("index out of range: " + at);
                    }
                    yield list.get(at);
                }
                case String text -> (long) text.charAt(checked(number(key), text.length()));
                case Nothing nothing when nothing == Nothing.MAP || nothing == Nothing.TEXT -> Nothing.TEXT;
                case Nothing nothing
                when nothing == Nothing.LIST -> throw new TemplateError("index out of range: " + Values.text(key));
                case null, default -> throw new TemplateError("index of untyped nil");
            };
        }
        return value;
    }

    private static int checked(int index, int length) throws TemplateError {
        if (index < 0 || index >= length) {
            throw new TemplateError("index out of range: " + index);
        }
        return index;
    }

    private static Object slice(List<@Nullable Object> arguments) throws TemplateError {
        if (arguments.isEmpty() || arguments.size() > 3) {
            throw new TemplateError("wrong number of args for slice");
        }
        Object whole = arguments.getFirst();
        int length = whole instanceof List<?> list ? list.size() : text(whole).length();
        int from = arguments.size() > 1 ? number(arguments.get(1)) : 0;
        int to = arguments.size() > 2 ? number(arguments.get(2)) : length;
        if (from < 0 || from > to || to > length) {
            throw new TemplateError("index out of range: " + (from < 0 || from > length ? from : to));
        }
        return whole instanceof List<?> list
                ? list.subList(from, to)
                : text(whole).substring(from, to);
    }

    private static boolean equalsAny(List<@Nullable Object> arguments) throws TemplateError {
        if (arguments.size() < 2) {
            throw new TemplateError("missing argument for comparison");
        }
        Object first = arguments.getFirst();
        for (Object other : arguments.subList(1, arguments.size())) {
            if (isSame(first, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSame(@Nullable Object a, @Nullable Object b) throws TemplateError {
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        }
        if (isNone(a) || isNone(b)) {
            return (isNone(a) || "".equals(a)) && (isNone(b) || "".equals(b));
        }
        if (a instanceof Map || a instanceof List || b instanceof Map || b instanceof List) {
            throw new TemplateError("non-comparable type");
        }
        if (!Values.typeName(a).equals(Values.typeName(b))) {
            throw new TemplateError("incompatible types for comparison");
        }
        return String.valueOf(a).equals(String.valueOf(b));
    }

    private static boolean isNone(@Nullable Object value) {
        return value == null || value instanceof Nothing;
    }

    private static int compare(List<@Nullable Object> arguments) throws TemplateError {
        exactly(2, arguments);
        Object a = arguments.getFirst();
        Object b = arguments.getLast();
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y);
        }
        throw new TemplateError("incompatible types for comparison");
    }

    /** Like Go's Sprint: a space only between two values that are no strings. */
    private static String print(List<@Nullable Object> arguments) {
        StringBuilder out = new StringBuilder();
        boolean wasText = true;
        for (Object argument : arguments) {
            boolean isText = argument instanceof String;
            if (!wasText && !isText) {
                out.append(' ');
            }
            Values.print(out, argument);
            wasText = isText;
        }
        return out.toString();
    }

    private static String println(List<@Nullable Object> arguments) {
        StringBuilder out = new StringBuilder();
        String separator = "";
        for (Object argument : arguments) {
            out.append(separator);
            Values.print(out, argument);
            separator = " ";
        }
        return out.append('\n').toString();
    }

    /** Rows of docker's lists go through an encoder that spares HTML; what else is asked for does not. */
    private static String json(@Nullable Object value) {
        String text = Json.write(Values.json(value));
        return value instanceof FieldSource
                ? text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
                : text;
    }
}
