package dev.priok.tls;

import java.io.IOException;
import java.io.Serial;

/** A file that could be read is not what it should be; the message names it. */
public final class PemException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    PemException(String message, Throwable cause) {
        super(message, cause);
    }

    PemException(String message) {
        super(message);
    }
}
