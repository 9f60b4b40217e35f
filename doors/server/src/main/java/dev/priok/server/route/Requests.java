package dev.priok.server.route;

import dev.priok.core.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what became of the calls, for the metrics. */
final class Requests {
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder open = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final Map<Failure.Kind, LongAdder> failed = new EnumMap<>(Failure.Kind.class);

    Requests() {
        for (Failure.Kind kind : Failure.Kind.values()) {
            failed.put(kind, new LongAdder());
        }
    }

    void begun() {
        open.increment();
    }

    void ended() {
        open.decrement();
    }

    /** How many are being answered, each by a virtual thread. */
    long open() {
        return open.sum();
    }

    void succeeded() {
        succeeded.increment();
    }

    /** The client went away before its answer was complete. */
    void abandoned() {
        abandoned.increment();
    }

    void failed(Failure.Kind kind) {
        LongAdder counter = failed.get(kind);
        if (counter != null) {
            counter.increment();
        }
    }

    /** In the text format of Prometheus. */
    String metrics() {
        var text = new StringBuilder("# TYPE priok_api_requests_total counter\n");
        line(text, "ok", succeeded.sum());
        line(text, "abandoned", abandoned.sum());
        failed.forEach((kind, count) -> line(text, kind.name().toLowerCase(java.util.Locale.ROOT), count.sum()));
        return text.append("# TYPE priok_api_requests_open gauge\npriok_api_requests_open ")
                .append(open())
                .append('\n')
                .toString();
    }

    private static void line(StringBuilder text, String outcome, long count) {
        text.append("priok_api_requests_total{outcome=\"")
                .append(outcome)
                .append("\"} ")
                .append(count)
                .append('\n');
    }
}
