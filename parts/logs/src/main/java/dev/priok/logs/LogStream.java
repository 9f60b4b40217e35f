package dev.priok.logs;

import java.util.Locale;

/** Which of a container's two output streams; a terminal has only {@link #STDOUT}. */
public enum LogStream {
    STDOUT(1),
    STDERR(2);

    private final int number;
    private final String wireName = name().toLowerCase(Locale.ROOT);

    LogStream(int number) {
        this.number = number;
    }

    /** The descriptor number that the container writes to, which Docker's stream framing and the monitor's index use too. */
    public int number() {
        return number;
    }

    /** For arrays by stream: 0 or 1. */
    public int index() {
        return number - 1;
    }

    /** {@code stdout} or {@code stderr}. */
    public String wireName() {
        return wireName;
    }
}
