package dev.priok.registryserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.registry.RegistryError;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.ApiKeys;
import dev.priok.registry.access.Caller;
import dev.priok.registryserver.http.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /registry/keys}: a user's API keys. A key makes no keys, so that one that is stolen ends when it is revoked. */
final class KeyRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAXIMUM_BODY_BYTES = 4 << 10;
    private static final long LONGEST_DAYS = 36_500;

    private final AccessControl access;
    private final InstantSource clock = InstantSource.system();

    KeyRoutes(AccessControl access) {
        this.access = access;
    }

    /** Answers for {@code /registry/keys} with what follows that. */
    void answer(Exchange exchange, Caller caller, String rest) throws IOException {
        ApiKeys keys = access.keys()
                .orElseThrow(() -> new RegistryError(
                        RegistryError.Code.UNSUPPORTED, "this registry knows no users, so there are no API keys"));
        if (caller.isAnonymous()) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, "authentication required");
        }
        exchange.set("Cache-Control", "no-store");
        switch (exchange.method()) {
            case "GET", "HEAD" -> list(exchange, keys, caller);
            case "POST" -> create(exchange, keys, caller);
            case "DELETE" -> revoke(exchange, keys, caller, rest);
            default -> throw new RegistryError(RegistryError.Code.UNSUPPORTED, "keys are listed, made and revoked");
        }
    }

    private static void list(Exchange exchange, ApiKeys keys, Caller caller) throws IOException {
        List<Map<String, Object>> rows =
                keys.list(caller.name()).stream().map(KeyRoutes::row).toList();
        exchange.send(200, RegistryHandler.JSON, ErrorBodies.json(Map.of("keys", rows)));
    }

    private static Map<String, Object> row(ApiKeys.Entry key) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", key.id());
        row.put("label", key.label());
        row.put("made", key.made().toString());
        key.expires().ifPresent(end -> row.put("expires", end.toString()));
        return row;
    }

    private void create(Exchange exchange, ApiKeys keys, Caller caller) throws IOException {
        if (caller.by() != Caller.Proof.PASSWORD && caller.by() != Caller.Proof.CERTIFICATE) {
            throw new RegistryError(
                    RegistryError.Code.DENIED, "an API key is made with a password or a certificate, not with a key");
        }
        byte[] body = exchange.body(MAXIMUM_BODY_BYTES)
                .orElseThrow(() -> new RegistryError(RegistryError.Code.TOO_LARGE, "the request is too large"));
        JsonNode asked;
        try {
            asked = JSON.readTree(body);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new RegistryError(RegistryError.Code.UNSUPPORTED, e, "the request is no JSON");
        }
        long days = asked.path("days").asLong(0);
        if (days < 0 || days > LONGEST_DAYS) {
            throw new RegistryError(RegistryError.Code.UNSUPPORTED, "a key lives from 1 to %d days", LONGEST_DAYS);
        }
        Optional<Instant> expires =
                days == 0 ? Optional.empty() : Optional.of(clock.instant().plus(Duration.ofDays(days)));
        ApiKeys.Made made = keys.make(caller.name(), asked.path("label").asText(""), expires);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", made.id());
        answer.put("key", made.key());
        expires.ifPresent(end -> answer.put("expires", end.toString()));
        exchange.send(201, RegistryHandler.JSON, ErrorBodies.json(answer));
    }

    private static void revoke(Exchange exchange, ApiKeys keys, Caller caller, String rest) throws IOException {
        long id;
        try {
            id = Long.parseLong(rest);
        } catch (NumberFormatException e) {
            throw new RegistryError(RegistryError.Code.NAME_UNKNOWN, e, "no such key: " + rest);
        }
        if (!keys.revoke(caller.name(), id)) {
            throw new RegistryError(RegistryError.Code.NAME_UNKNOWN, "no such key: %d", id);
        }
        exchange.send(204);
    }
}
