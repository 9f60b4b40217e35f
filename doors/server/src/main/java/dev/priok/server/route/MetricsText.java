package dev.priok.server.route;

import dev.priok.core.Durations;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Figures in the text format of Prometheus.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>
 */
final class MetricsText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4096);

    /** Begins a figure; its values follow. */
    MetricsText figure(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** A value; {@code labels} are names and values in turn. */
    MetricsText value(String name, long value, String... labels) {
        return written(name, Long.toString(value), labels);
    }

    /** A value; {@code labels} are names and values in turn. */
    MetricsText value(String name, double value, String... labels) {
        return written(name, Double.toString(value), labels);
    }

    /** A histogram in seconds; {@code labels} are names and values in turn. */
    MetricsText histogram(String name, Durations.Snapshot durations, String... labels) {
        String[] bounded = Arrays.copyOf(labels, labels.length + 2);
        bounded[labels.length] = "le";
        for (int i = 0; i < Durations.Snapshot.buckets(); i++) {
            bounded[labels.length + 1] = bound(Durations.Snapshot.bound(i));
            value(name + "_bucket", durations.within(i), bounded);
        }
        bounded[labels.length + 1] = "+Inf";
        value(name + "_bucket", durations.count(), bounded);
        value(name + "_sum", (double) durations.nanos() / TimeUnit.SECONDS.toNanos(1), labels);
        return value(name + "_count", durations.count(), labels);
    }

    private MetricsText written(String name, String value, String... labels) {
        text.append(name);
        for (int i = 0; i + 1 < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            text.append('"');
        }
        text.append(labels.length > 1 ? "} " : " ").append(value).append('\n');
        return this;
    }

    /** Adds what another has. */
    MetricsText append(MetricsText other) {
        text.append(other.text);
        return this;
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    /** Seconds without zeros at the end or an exponent. */
    private static String bound(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
