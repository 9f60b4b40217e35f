package dev.priok.engine.events;

import dev.priok.core.Event;
import dev.priok.engine.Filters;
import java.util.List;

/** Which events a subscriber wants: the filters of {@code docker events}. */
record EventFilter(Filters filters) {
    private static final List<String> OBJECTS = List.of(
            "container", "volume", "network", "plugin", "daemon", "node", "service", "secret", "config", "builder");

    EventFilter {
        filters.onlyKnowing(
                "type",
                "event",
                "container",
                "image",
                "volume",
                "network",
                "plugin",
                "daemon",
                "node",
                "service",
                "secret",
                "config",
                "label",
                "scope",
                "builder");
    }

    boolean wants(Event event) {
        String action = event.action();
        int colon = action.indexOf(':');
        String verb = colon < 0 ? action : action.substring(0, colon);
        if (filters.has("event")
                && !filters.get("event").contains(action)
                && !filters.get("event").contains(verb)) {
            return false;
        }
        if (!filters.exact("type", event.type()) || !filters.exact("scope", "local")) {
            return false;
        }
        for (String object : OBJECTS) {
            if (filters.has(object) && !names(event, object)) {
                return false;
            }
        }
        return image(event) && filters.labels("label", event.attributes());
    }

    private boolean names(Event event, String object) {
        if (!event.type().equals(object)) {
            return false;
        }
        String name = event.attributes().getOrDefault("name", "");
        return filters.get(object).stream()
                .anyMatch(wanted -> event.actorId().startsWith(wanted) || name.equals(stripSlash(wanted)));
    }

    private boolean image(Event event) {
        if (!filters.has("image")) {
            return true;
        }
        String name = switch (event.type()) {
            case "image" -> event.attributes().getOrDefault("name", "");
            case "container" -> event.attributes().getOrDefault("image", "");
            default -> null;
        };
        if (name == null) {
            return false;
        }
        return filters.get("image").stream()
                .anyMatch(wanted -> wanted.equals(name)
                        || wanted.equals(withoutTag(name))
                        || (event.type().equals("image") && wanted.equals(event.actorId())));
    }

    private static String withoutTag(String name) {
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    private static String stripSlash(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }
}
