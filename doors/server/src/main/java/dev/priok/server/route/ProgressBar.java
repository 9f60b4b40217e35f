package dev.priok.server.route;

import java.util.Locale;

/** Docker's bar of a transfer, which clients without a terminal print: {@code [=====>    ]  1.2MB/5MB}. */
final class ProgressBar {
    private static final int CELLS = 50;
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private ProgressBar() {}

    static String text(long current, long total) {
        int done = (int) Math.min(CELLS, current * 100 / total / 2);
        String bar = "=".repeat(done) + ">" + " ".repeat(CELLS - done);
        return "[%s] %8s/%s".formatted(bar, size(current), size(total));
    }

    /** As Go's {@code %.4g} of the largest unit that fits. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int whole = value >= 100 ? 3 : value >= 10 ? 2 : 1;
        String text = String.format(Locale.ROOT, "%." + (4 - whole) + "f", value);
        String trimmed = text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
        return trimmed + UNITS[unit];
    }
}
