package dev.priok.cli.option;

import java.io.Serial;

/** The command line cannot be understood; the message says why, in the words of docker's option parser. */
public final class UsageError extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public UsageError(String message) {
        super(message);
    }

    /** {@link #getMessage}, which a usage error always has. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
