package dev.priok.server.route;

import dev.priok.core.Durations;
import java.util.Map;
import java.util.TreeMap;

/** How long calls on containers take, by what they do; the names are those of dockerd's metrics. */
final class ActionTimes {
    private static final String NAME = "engine_daemon_container_actions_seconds";

    private final Map<String, Durations> actions = new TreeMap<>();

    ActionTimes() {
        for (String action : new String[] {"changes", "commit", "create", "delete", "start"}) {
            actions.put(action, new Durations());
        }
    }

    /** Notes a call that succeeded; others than those on containers are passed over. */
    void took(String method, String path, long nanos) {
        Durations durations = actions.get(action(method, path));
        if (durations != null) {
            durations.add(nanos);
        }
    }

    private static String action(String method, String path) {
        if (path.endsWith("/commit") && method.equals("POST")) {
            return "commit";
        }
        int at = path.indexOf("/containers/");
        if (at < 0) {
            return "";
        }
        String rest = path.substring(at + "/containers/".length());
        int slash = rest.indexOf('/');
        String call = slash < 0 ? "" : rest.substring(slash + 1);
        return switch (method) {
            case "POST" -> rest.equals("create") ? "create" : call.equals("start") ? "start" : "";
            case "DELETE" -> slash < 0 ? "delete" : "";
            case "GET" -> call.equals("changes") ? "changes" : "";
            default -> "";
        };
    }

    void write(MetricsText text) {
        text.figure(NAME, "histogram", "The number of seconds it takes to process each container action");
        actions.forEach((action, durations) -> text.histogram(NAME, durations.snapshot(), "action", action));
    }
}
