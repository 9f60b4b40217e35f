package dev.priok.runtime;

import java.io.IOException;
import java.io.Serial;

/** A process could not be started. The message is what a person reads, in the words of Docker where there are such. */
public final class StartException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Why; docker's exit codes depend on it. */
    public enum Reason {
        /** The program does not exist: exit code 127. */
        NOT_FOUND(127),
        /** The program exists and cannot be executed: exit code 126. */
        NOT_EXECUTABLE(126),
        /** A step before failed: exit code 128 of the container, 125 of the command. */
        STEP_FAILED(128);

        private final int exitCode;

        Reason(int exitCode) {
            this.exitCode = exitCode;
        }

        /** The exit code that a container gets which could not be started. */
        public int exitCode() {
            return exitCode;
        }
    }

    private final Reason reason;

    public StartException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StartException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
