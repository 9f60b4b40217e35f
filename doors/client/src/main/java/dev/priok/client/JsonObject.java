package dev.priok.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read with forgiveness: a field that is absent, null or of another type reads as empty, zero or false, since
 * daemons of different ages send different fields.
 *
 * @param fields the fields in the order sent
 */
public record JsonObject(Map<String, @Nullable Object> fields) {
    private static final JsonObject EMPTY = new JsonObject(Map.of());

    /** {@code tree} if it is an object, else the empty object. */
    @SuppressWarnings("unchecked") // Json makes maps with text keys only.
    public static JsonObject of(@Nullable Object tree) {
        return tree instanceof Map<?, ?> map ? new JsonObject((Map<String, @Nullable Object>) map) : EMPTY;
    }

    public boolean has(String name) {
        return fields.get(name) != null;
    }

    public @Nullable Object get(String name) {
        return fields.get(name);
    }

    public String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    public long number(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** A number that may have a fraction. */
    public double decimal(String name) {
        return fields.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    public boolean flag(String name) {
        return fields.get(name) instanceof Boolean flag && flag;
    }

    public JsonObject object(String name) {
        return of(fields.get(name));
    }

    /** The list's items as objects. */
    public List<JsonObject> objects(String name) {
        return objectsOf(fields.get(name));
    }

    /** The list's items as texts. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (fields.get(name) instanceof List<?> list) {
            for (Object item : list) {
                texts.add(String.valueOf(item));
            }
        }
        return texts;
    }

    /** The items of a JSON list as objects; empty when {@code tree} is no list. */
    public static List<JsonObject> objectsOf(@Nullable Object tree) {
        List<JsonObject> objects = new ArrayList<>();
        if (tree instanceof List<?> list) {
            for (Object item : list) {
                objects.add(of(item));
            }
        }
        return objects;
    }
}
