package dev.priok.cli.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What Go does with values: truth, fields, printing. */
final class Values {
    private Values() {}

    static boolean isTrue(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Nothing _ -> false;
            case Boolean flag -> flag;
            case String text -> !text.isEmpty();
            case Number number -> number.doubleValue() != 0;
            case Map<?, ?> map -> !map.isEmpty();
            case List<?> list -> !list.isEmpty();
            default -> true;
        };
    }

    /**
     * Field {@code name} of {@code target}.
     *
     * @param owner name of the field that {@code target} came from, which tells free maps from structures
     */
    static @Nullable Object field(@Nullable Object target, String name, String owner, Node.Place place)
            throws TemplateError {
        return switch (target) {
            case FieldSource data -> {
                Object value = data.field(name);
                if (value instanceof FieldSource.NoField) {
                    throw place.error("can't evaluate field " + name + " in type " + data);
                }
                yield value;
            }
            case Map<?, ?> map -> {
                Object value = map.get(name);
                if (value != null) {
                    yield value;
                }
                boolean isFree = Nothing.isFreeMap(owner);
                if (map.containsKey(name)) {
                    yield isFree ? Nothing.POINTER : Nothing.ofNull(name);
                }
                Nothing absent = isFree ? Nothing.NO_VALUE : Nothing.ofAbsent(name);
                if (absent == Nothing.NO_VALUE && !isFree) {
                    throw place.error("map has no entry for key \"" + name + "\"");
                }
                yield absent;
            }
            case null -> throw place.error("nil data; no entry for key \"" + name + "\"");
            case Nothing nothing when nothing == Nothing.MAP || nothing == Nothing.NO_VALUE -> Nothing.NO_VALUE;
            case Nothing _ -> throw place.error("map has no entry for key \"" + owner + "\"");
            default -> throw place.error("can't evaluate field " + name + " in type " + typeName(target));
        };
    }

    static String typeName(@Nullable Object value) {
        return switch (value) {
            case String _ -> "string";
            case Boolean _ -> "bool";
            case Double _ -> "float64";
            case Number _ -> "int";
            case Map<?, ?> _ -> "map[string]interface {}";
            case List<?> _ -> "[]interface {}";
            case null, default -> "interface {}";
        };
    }

    static String text(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        print(out, value);
        return out.toString();
    }

    static void print(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("<no value>");
            case Double number -> out.append(GoNumbers.shortest(number));
            case Map<?, ?> map -> {
                out.append("map[");
                String separator = "";
                for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                    out.append(separator).append(entry.getKey()).append(':');
                    printInner(out, entry.getValue());
                    separator = " ";
                }
                out.append(']');
            }
            case List<?> list -> {
                out.append('[');
                String separator = "";
                for (Object item : list) {
                    out.append(separator);
                    printInner(out, item);
                    separator = " ";
                }
                out.append(']');
            }
            case FieldSource data -> print(out, json(data));
            default -> out.append(value);
        }
    }

    private static void printInner(StringBuilder out, @Nullable Object value) {
        if (value == null) {
            out.append("<nil>");
        } else {
            print(out, value);
        }
    }

    /** {@code value} as a tree that JSON can write. */
    static @Nullable Object json(@Nullable Object value) {
        return switch (value) {
            case FieldSource data -> {
                Map<String, @Nullable Object> tree = new LinkedHashMap<>();
                for (String name : data.fieldNames()) {
                    tree.put(name, json(data.field(name)));
                }
                yield tree;
            }
            case Nothing nothing when nothing != Nothing.TEXT -> null;
            case Nothing _ -> "";
            case List<?> list -> list.stream().map(Values::json).toList();
            case null, default -> value;
        };
    }
}
