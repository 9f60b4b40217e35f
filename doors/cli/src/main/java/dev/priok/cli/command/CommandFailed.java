package dev.priok.cli.command;

import java.io.Serial;

/** A command ends here: what is printed to standard error, and the exit code. */
public final class CommandFailed extends RuntimeException {
    /** Exit code of everything that fails on this side. */
    public static final int FAILURE = 1;
    /** Exit code when a container could not be made or a command line not be read. */
    public static final int REFUSED = 125;

    @Serial
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public CommandFailed(String message) {
        this(message, FAILURE);
    }

    public CommandFailed(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** {@link #getMessage}, which a failed command always has; may be empty. */
    public String message() {
        return String.valueOf(getMessage());
    }

    public int exitCode() {
        return exitCode;
    }
}
