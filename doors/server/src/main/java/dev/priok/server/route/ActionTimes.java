package dev.priok.server.route;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How long calls on containers take, by what they do; the names are those of dockerd's metrics. */
final class ActionTimes {
    /** Seconds; smaller ones than dockerd's first, since a start takes milliseconds here. */
    private static final double[] BOUNDS = {.001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private static final String NAME = "engine_daemon_container_actions_seconds";

    private final Map<String, Histogram> actions = new TreeMap<>();

    private static final class Histogram {
        final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
        final LongAdder nanos = new LongAdder();

        Histogram() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }
    }

    ActionTimes() {
        for (String action : new String[] {"changes", "commit", "create", "delete", "start"}) {
            actions.put(action, new Histogram());
        }
    }

    /** Notes a call that succeeded; others than those on containers are passed over. */
    void took(String method, String path, long nanos) {
        Histogram histogram = actions.get(action(method, path));
        if (histogram == null) {
            return;
        }
        double seconds = (double) nanos / TimeUnit.SECONDS.toNanos(1);
        int bucket = 0;
        while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
            bucket++;
        }
        histogram.buckets[bucket].increment();
        histogram.nanos.add(nanos);
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
        actions.forEach((action, histogram) -> {
            long count = 0;
            for (int i = 0; i < BOUNDS.length; i++) {
                count += histogram.buckets[i].sum();
                text.value(NAME + "_bucket", count, "action", action, "le", MetricsText.bound(BOUNDS[i]));
            }
            count += histogram.buckets[BOUNDS.length].sum();
            text.value(NAME + "_bucket", count, "action", action, "le", "+Inf");
            text.value(NAME + "_sum", (double) histogram.nanos.sum() / TimeUnit.SECONDS.toNanos(1), "action", action);
            text.value(NAME + "_count", count, "action", action);
        });
    }
}
