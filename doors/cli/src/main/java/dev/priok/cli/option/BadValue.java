package dev.priok.cli.option;

import java.io.Serial;

/** A value that an option cannot take; {@link Options} adds which option it was. */
public final class BadValue extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public BadValue(String reason) {
        super(reason);
    }

    /** Why the value is refused. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
