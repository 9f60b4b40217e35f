package dev.priok.registryserver;

import dev.priok.registry.Catalog;
import dev.priok.registry.GarbageCollection;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Webhooks;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What the registry holds and how its parts fare, as Prometheus reads it. */
final class Gauges {
    /** Counting a million tags takes a tenth of a second, so it is not done for every scrape. */
    private static final long REMEMBERED_NANOS = 15_000_000_000L;

    private static final int MAXIMUM_DAMAGES = 1000;

    private final ServedRegistry served;
    // Guarded by this, both.
    private Catalog.Totals totals = new Catalog.Totals(0, 0, 0, 0, 0);
    private long counted;

    Gauges(ServedRegistry served) {
        this.served = served;
    }

    /** How much there is of everything, some seconds old at most. */
    synchronized Catalog.Totals totals() {
        if (counted == 0 || System.nanoTime() - counted > REMEMBERED_NANOS) {
            totals = served.registry().catalog().totals();
            counted = System.nanoTime();
        }
        return totals;
    }

    String text() {
        var out = new Text();
        Catalog.Totals all = totals();
        out.gauge("repositories", all.repositories());
        out.gauge("manifests", all.manifests());
        out.gauge("tags", all.tags());
        out.gauge("blobs", all.blobs());
        out.gauge("blob_bytes", all.bytes());
        out.gauge("uploads_open", served.registry().openUploads());
        out.gauge(
                "blobs_broken",
                served.registry().catalog().damages(MAXIMUM_DAMAGES).size());
        served.scrub()
                .flatMap(scrub -> scrub.last())
                .ifPresent(when -> out.gauge("scrub_last_timestamp_seconds", seconds(when)));
        out.counter("rate_limited_total", served.limits().refused());
        out.counter("wrong_credentials_total", served.access().refused());
        served.audit().ifPresent(audit -> out.counter("audit_failures_total", audit.failures()));
        served.copies().ifPresent(copies -> copies(out, copies.counts()));
        served.webhooks().ifPresent(webhooks -> webhooks(out, webhooks.counts()));
        served.collection().flatMap(GarbageCollection::last).ifPresent(last -> {
            out.gauge("collection_last_timestamp_seconds", seconds(last.ended()));
            out.gauge("collection_last_removed_tags", last.collected().tags());
            out.gauge("collection_last_removed_manifests", last.collected().manifests());
            out.gauge("collection_last_removed_links", last.collected().links());
        });
        process(out);
        return out.toString();
    }

    private static void copies(Text out, PullThrough.Counts counts) {
        out.counter("upstream_hits_total", counts.hits());
        out.counter("upstream_misses_total", counts.misses());
        out.counter("upstream_stale_total", counts.stale());
        out.counter("upstream_failures_total", counts.failures());
        out.gauge("upstream_fetching", counts.fetching());
    }

    private static void webhooks(Text out, List<Webhooks.Counts> hooks) {
        hooks.forEach(hook -> out.line("webhook_queued", "gauge", label(hook), hook.queued()));
        hooks.forEach(hook -> out.line("webhook_sent_total", "counter", label(hook), hook.sent()));
        hooks.forEach(hook -> out.line("webhook_failures_total", "counter", label(hook), hook.failures()));
        hooks.forEach(hook -> out.line("webhook_dropped_total", "counter", label(hook), hook.dropped()));
    }

    private static String label(Webhooks.Counts hook) {
        return "{hook=\"" + hook.hook().replaceAll("[^A-Za-z0-9_.-]", "_") + "\"}";
    }

    private static void process(Text out) {
        var runtime = Runtime.getRuntime();
        out.gauge("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        out.gauge("heap_committed_bytes", runtime.totalMemory());
        out.gauge("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        out.gauge(
                "start_timestamp_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1000);
    }

    private static long seconds(Instant time) {
        return time.getEpochSecond();
    }

    private static final class Text {
        private final StringBuilder out = new StringBuilder(2048);
        private String last = "";

        void gauge(String name, long value) {
            line(name, "gauge", "", value);
        }

        void counter(String name, long value) {
            line(name, "counter", "", value);
        }

        void line(String name, String type, String labels, long value) {
            if (!name.equals(last)) {
                out.append("# TYPE priok_registry_")
                        .append(name)
                        .append(' ')
                        .append(type)
                        .append('\n');
                last = name;
            }
            out.append(String.format(Locale.ROOT, "priok_registry_%s%s %d%n", name, labels, value));
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }
}
