package dev.priok.registryserver;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts of what was answered, as Prometheus reads them.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus, text format</a>
 */
final class Metrics {
    /** Upper bounds of the histogram in seconds. */
    private static final double[] BOUNDS = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60};

    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder[] within = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder open = new LongAdder();

    Metrics() {
        for (int i = 0; i < within.length; i++) {
            within[i] = new LongAdder();
        }
    }

    void begun() {
        open.increment();
    }

    void ended() {
        open.decrement();
    }

    /** Counts one answer; the kinds and methods are a closed set, or a client could make as many series as it likes. */
    void count(String kind, String method, int status, long bytes, long bodyBytes, long elapsedNanos) {
        String known = switch (method) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" -> method;
            default -> "OTHER";
        };
        requests.computeIfAbsent(
                        "kind=\"%s\",method=\"%s\",status=\"%d\"".formatted(kind, known, status), _ -> new LongAdder())
                .increment();
        sent.add(bytes);
        received.add(Math.max(0, bodyBytes));
        nanos.add(elapsedNanos);
        int bucket = 0;
        while (bucket < BOUNDS.length && elapsedNanos > BOUNDS[bucket] * 1e9) {
            bucket++;
        }
        within[bucket].increment();
    }

    String text() {
        var out = new StringBuilder("# TYPE priok_registry_requests_total counter\n");
        new TreeMap<>(requests)
                .forEach((labels, count) -> out.append("priok_registry_requests_total{")
                        .append(labels)
                        .append("} ")
                        .append(count.sum())
                        .append('\n'));
        out.append("# TYPE priok_registry_sent_bytes_total counter\npriok_registry_sent_bytes_total ")
                .append(sent.sum())
                .append("\n# TYPE priok_registry_received_bytes_total counter\npriok_registry_received_bytes_total ")
                .append(received.sum())
                .append("\n# TYPE priok_registry_requests_open gauge\npriok_registry_requests_open ")
                .append(open.sum())
                .append("\n# TYPE priok_registry_request_seconds histogram\n");
        long total = 0;
        for (int i = 0; i < within.length; i++) {
            total += within[i].sum();
            out.append("priok_registry_request_seconds_bucket{le=\"")
                    .append(i < BOUNDS.length ? String.valueOf(BOUNDS[i]) : "+Inf")
                    .append("\"} ")
                    .append(total)
                    .append('\n');
        }
        return out.append("priok_registry_request_seconds_sum ")
                .append(nanos.sum() / 1e9)
                .append("\npriok_registry_request_seconds_count ")
                .append(total)
                .append('\n')
                .toString();
    }
}
