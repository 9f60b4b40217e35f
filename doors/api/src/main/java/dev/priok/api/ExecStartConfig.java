package dev.priok.api;

import java.util.List;

/** The body of {@code POST /exec/{id}/start}; the size is height and width. */
public record ExecStartConfig(boolean detach, boolean tty, List<Integer> consoleSize) {
    public ExecStartConfig {
        consoleSize = Absent.list(consoleSize);
    }
}
