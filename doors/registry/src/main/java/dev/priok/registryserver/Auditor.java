package dev.priok.registryserver;

import dev.priok.registry.AuditLog;
import dev.priok.registry.RegistryEvent;
import dev.priok.registryserver.http.Exchange;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Decides what of a request is written to the audit log: every pull of a manifest or blob, push, deletion, login, use of keys, and
 * whatever is refused to somebody who said who it is. The first, anonymous try of a client that learns how to log in is not.
 */
final class Auditor {
    private final Optional<AuditLog> log;
    private final InstantSource clock = InstantSource.system();

    Auditor(Optional<AuditLog> log) {
        this.log = log;
    }

    /** Before an answer of that status is sent. */
    void answering(Visit visit, int status) {
        if (log.isEmpty()) {
            return;
        }
        Exchange exchange = visit.exchange();
        String action = action(exchange, visit.target(), status);
        boolean refused = status == 403
                || (status == 401 && exchange.header("Authorization").isPresent());
        if (action.isEmpty() && !refused) {
            return;
        }
        Optional<Target> target = visit.target();
        log.get()
                .write(new AuditLog.Entry(
                        clock.instant().toString(),
                        visit.caller().name(),
                        visit.caller().isAnonymous() ? "" : visit.caller().by().name(),
                        exchange.remoteAddress(),
                        action.isEmpty() ? exchange.method() + " " + exchange.path() : action,
                        target.map(Target::name).orElse(""),
                        target.filter(t -> !t.kind().equals("uploads"))
                                .map(Target::rest)
                                .orElse(""),
                        exchange.answered("Docker-Content-Digest").orElse(""),
                        status,
                        visit.refusal()));
    }

    private static String action(Exchange exchange, Optional<Target> target, int status) {
        if (exchange.path().equals("/token")) {
            return "login";
        }
        if (exchange.path().startsWith("/registry/keys") && !exchange.method().equals("GET")) {
            return exchange.method().equals("DELETE") ? "key revoke" : "key create";
        }
        if (target.isEmpty() || status == 401 || status == 304) {
            return "";
        }
        return switch (target.get().kind()) {
            case "manifests", "blobs" ->
                switch (exchange.method()) {
                    case "GET" -> "pull";
                    case "PUT" -> "push";
                    case "DELETE" -> "delete";
                    default -> "";
                };
            // Of the steps of an upload only the one that ends it makes something.
            case "uploads" -> status == 201 ? "push" : "";
            default -> "";
        };
    }

    /** What the registry did by itself. */
    void happened(RegistryEvent event) {
        if (log.isPresent() && event.origin().isEmpty()) {
            log.get()
                    .write(new AuditLog.Entry(
                            event.time().toString(),
                            "registry",
                            "",
                            "",
                            event.action().text(),
                            event.repository().text(),
                            event.tag().orElse(""),
                            event.digest().map(Object::toString).orElse(""),
                            0,
                            ""));
        }
    }
}
