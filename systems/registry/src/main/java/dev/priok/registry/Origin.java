package dev.priok.registry;

import java.util.Optional;

/**
 * Whose request is being answered on this thread.
 *
 * @param request its id
 * @param user name; empty for nobody in particular
 * @param address the client's
 * @param host by which the client calls the registry
 * @param method of HTTP
 * @param userAgent as the client calls itself
 */
public record Origin(String request, String user, String address, String host, String method, String userAgent) {
    /** Bound for as long as a request is answered. */
    public static final ScopedValue<Origin> CURRENT = ScopedValue.newInstance();

    static Optional<Origin> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }
}
