package dev.priok.build.solve;

import java.io.Serial;

/** The command of a step ended with another code than zero. */
final class StepFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int exitCode;

    StepFailure(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
