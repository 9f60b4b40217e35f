package dev.priok.server.route;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which handler answers which path. A pattern such as {@code /containers/{id}/json} has one segment per name; {@code {name*}}
 * takes one or more, because image names have slashes. The first pattern that fits wins.
 */
final class RouteTable {
    /** Answers one call. */
    @FunctionalInterface
    interface Action {
        void handle(Call call) throws java.io.IOException, InterruptedException;
    }

    /** An action and the names taken from the path. */
    record Match(Action action, Map<String, String> names) {}

    private record Route(String method, List<String> pattern, Action action) {}

    /** Routes by their first segment: one look-up instead of a hundred comparisons. */
    private final Map<String, List<Route>> routes = new HashMap<>();

    /** Adds a route; several methods are separated by a bar. */
    RouteTable add(String methods, String pattern, Action action) {
        List<String> segments = segments(pattern);
        for (String method : methods.split("\\|")) {
            routes.computeIfAbsent(segments.getFirst(), _ -> new ArrayList<>())
                    .add(new Route(method, segments, action));
        }
        return this;
    }

    /** Finds the action for a path without version, escapes and all. */
    Optional<Match> find(String method, String path) {
        List<String> segments = segments(path);
        for (Route route : routes.getOrDefault(segments.getFirst(), List.of())) {
            if (route.method.equals(method)) {
                Map<String, String> names = match(route.pattern, segments);
                if (names != null) {
                    return Optional.of(new Match(route.action, names));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    }

    private static @org.jspecify.annotations.Nullable Map<String, String> match(
            List<String> pattern, List<String> segments) {
        Map<String, String> names = new HashMap<>();
        int extra = segments.size() - pattern.size();
        int at = 0;
        for (String expected : pattern) {
            if (at >= segments.size()) {
                return null;
            }
            if (!expected.startsWith("{")) {
                if (!expected.equals(segments.get(at++))) {
                    return null;
                }
                continue;
            }
            boolean many = expected.endsWith("*}");
            int taken = many ? extra + 1 : 1;
            if (taken < 1) {
                return null;
            }
            String value = String.join("/", segments.subList(at, at + taken));
            if (value.isEmpty()) {
                return null;
            }
            names.put(expected.substring(1, expected.length() - (many ? 2 : 1)), decode(value));
            at += taken;
        }
        return at == segments.size() ? names : null;
    }

    private static String decode(String segment) {
        return segment.indexOf('%') < 0
                ? segment
                : URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
