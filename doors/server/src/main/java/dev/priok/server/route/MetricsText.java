package dev.priok.server.route;

import java.util.Locale;

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

    /** A number as bounds of buckets are written. */
    static String bound(double seconds) {
        return seconds == Math.rint(seconds)
                ? Long.toString((long) seconds)
                : String.format(Locale.ROOT, "%s", seconds);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
