package dev.priok.cli.template;

import java.io.Serial;

/** A template that cannot be parsed, or that asks the data for something it has not. */
public final class TemplateError extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public TemplateError(String message) {
        super(message);
    }

    /** {@link #getMessage}, which a template error always has. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
