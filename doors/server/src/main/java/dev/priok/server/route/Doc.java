package dev.priok.server.route;

import dev.priok.api.ApiJson;
import java.io.Serial;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object of an answer, its fields in the order in which they were put. */
final class Doc extends LinkedHashMap<String, @Nullable Object> {
    @Serial
    private static final long serialVersionUID = 1;

    /** Puts a field, null and empty ones too. */
    Doc with(String name, @Nullable Object value) {
        put(name, value);
        return this;
    }

    /** Puts a field unless it is what Go calls empty: null, false, 0, "" and collections without elements. */
    Doc unlessEmpty(String name, @Nullable Object value) {
        boolean empty = switch (value) {
            case null -> true;
            case Boolean b -> !b;
            case Number n -> n.longValue() == 0;
            case String s -> s.isEmpty();
            case Collection<?> c -> c.isEmpty();
            case Map<?, ?> m -> m.isEmpty();
            default -> false;
        };
        if (!empty) {
            put(name, value);
        }
        return this;
    }

    byte[] bytes() {
        return ApiJson.write(this);
    }
}
