package dev.priok.registryserver;

import dev.priok.registry.Origin;
import dev.priok.registry.access.Caller;
import dev.priok.registryserver.http.Exchange;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One request with what was learned of it so far; used by one thread. */
final class Visit {
    private static final AtomicLong NUMBER = new AtomicLong(System.currentTimeMillis() << 20);

    private final Exchange exchange;
    private final Optional<Target> target;
    private final String id = Long.toHexString(NUMBER.incrementAndGet());
    private Caller caller = Caller.ANONYMOUS;
    private String refusal = "";

    Visit(Exchange exchange) {
        this.exchange = exchange;
        this.target = Target.of(exchange.path());
    }

    Exchange exchange() {
        return exchange;
    }

    /** What of a repository is asked for. */
    Optional<Target> target() {
        return target;
    }

    Caller caller() {
        return caller;
    }

    void identified(Caller who) {
        caller = who;
    }

    /** Why the request is refused. */
    String refusal() {
        return refusal;
    }

    void refused(String why) {
        refusal = why;
    }

    Origin origin() {
        return new Origin(
                id,
                caller.name(),
                exchange.remoteAddress(),
                exchange.host(),
                exchange.method(),
                exchange.header("User-Agent").orElse(""));
    }
}
