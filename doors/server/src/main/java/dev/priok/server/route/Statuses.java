package dev.priok.server.route;

import dev.priok.core.Failure;

/** From kinds of failure to HTTP statuses; the only place that knows. */
final class Statuses {
    private Statuses() {}

    static int of(Failure.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> 404;
            case INVALID -> 400;
            case CONFLICT -> 409;
            case NOT_MODIFIED -> 304;
            case UNAUTHORIZED -> 401;
            case FORBIDDEN -> 403;
            case UNAVAILABLE -> 503;
            case NOT_IMPLEMENTED -> 501;
            case INTERNAL -> 500;
        };
    }
}
