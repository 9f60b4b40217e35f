package dev.priok.cli.system;

import dev.priok.cli.template.FieldSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event under the names that Go templates use: {@code .Time} for {@code time}, and so on. */
record EventFields(Map<String, @Nullable Object> event) implements FieldSource {
    @Override
    public @Nullable Object field(String name) {
        String key = switch (name) {
            case "Time" -> "time";
            case "TimeNano" -> "timeNano";
            case "Scope" -> "scope";
            case "Status" -> "status";
            case "ID" -> "id";
            case "From" -> "from";
            default -> name;
        };
        Object value = event.get(key);
        if (value != null) {
            return value;
        }
        return key.equals(name) && !event.containsKey(name) ? NO_FIELD : "";
    }

    @Override
    public List<String> fieldNames() {
        return List.copyOf(event.keySet());
    }

    @Override
    public String toString() {
        return "event";
    }
}
