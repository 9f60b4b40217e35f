package dev.priok.cli.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What Go does with values: truth, fields, printing. What every list needs has no type switches: javac makes them with
 * invokedynamic, which an AOT cache does not hold.
 */
final class Values {
    private Values() {}

    static boolean isTrue(@Nullable Object value) {
        if (value == null || value instanceof Nothing) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof List<?> list) || !list.isEmpty();
    }

    /**
     * Field {@code name} of {@code target}.
     *
     * @param owner name of the field that {@code target} came from, which tells free maps from structures
     */
    static @Nullable Object field(@Nullable Object target, String name, String owner, Node.Place place)
            throws TemplateError {
        if (target instanceof FieldSource data) {
            Object value = data.field(name);
            if (value instanceof FieldSource.NoField) {
                throw place.error("can't evaluate field " + name + " in type " + data);
            }
            return value;
        }
        if (target instanceof Map<?, ?> map) {
            return entry(map, name, owner, place);
        }
        if (target == Nothing.MAP || target == Nothing.NO_VALUE) {
            return Nothing.NO_VALUE;
        }
        if (target instanceof Nothing) {
            throw place.error("map has no entry for key \"" + owner + "\"");
        }
        throw place.error(
                target == null
                        ? "nil data; no entry for key \"" + name + "\""
                        : "can't evaluate field " + name + " in type " + typeName(target));
    }

    private static Object entry(Map<?, ?> map, String name, String owner, Node.Place place) throws TemplateError {
        Object value = map.get(name);
        if (value != null) {
            return value;
        }
        boolean isFree = Nothing.isFreeMap(owner);
        if (map.containsKey(name)) {
            return isFree ? Nothing.POINTER : Nothing.ofNull(name);
        }
        Nothing absent = isFree ? Nothing.NO_VALUE : Nothing.ofAbsent(name);
        if (absent == Nothing.NO_VALUE && !isFree) {
            throw place.error("map has no entry for key \"" + name + "\"");
        }
        return absent;
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

    @SuppressWarnings("IfChainToSwitch") // On purpose, see above.
    static void print(StringBuilder out, @Nullable Object value) {
        if (value instanceof String text) {
            out.append(text);
        } else if (value == null) {
            out.append("<no value>");
        } else if (value instanceof Double number) {
            out.append(GoNumbers.shortest(number));
        } else if (value instanceof Map<?, ?> map) {
            String separator = "map[";
            for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                out.append(separator).append(entry.getKey()).append(':');
                printInner(out, entry.getValue());
                separator = " ";
            }
            out.append(map.isEmpty() ? "map[]" : "]");
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object item : list) {
                out.append(separator);
                printInner(out, item);
                separator = " ";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof FieldSource data) {
            print(out, json(data));
        } else {
            out.append(value);
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
        if (value instanceof FieldSource data) {
            Map<String, @Nullable Object> tree = new LinkedHashMap<>();
            for (String name : data.fieldNames()) {
                tree.put(name, json(data.field(name)));
            }
            return tree;
        }
        if (value instanceof Nothing nothing) {
            return nothing == Nothing.TEXT ? "" : null;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(json(item));
            }
            return items;
        }
        return value;
    }
}
