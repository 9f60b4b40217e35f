package dev.priok.registryserver;

import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.Caller;
import dev.priok.registry.access.Tokens;
import dev.priok.registryserver.http.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code /token}: gives tokens for what the policy allows of what was asked; what it does not allow is left out.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Docker registry, token authentication</a>
 */
final class TokenRoutes {
    private static final int MAXIMUM_FORM_BYTES = 64 << 10;

    private final AccessControl access;

    TokenRoutes(AccessControl access) {
        this.access = access;
    }

    void answer(Visit visit) throws IOException {
        Exchange exchange = visit.exchange();
        Tokens tokens = access.tokens()
                .orElseThrow(() -> new RegistryError(RegistryError.Code.UNSUPPORTED, "this registry makes no tokens"));
        switch (exchange.method()) {
            case "GET" -> {
                Caller caller = access.identify(
                        exchange.header("Authorization"), exchange.certificate(), exchange.remoteAddress());
                visit.identified(caller);
                List<String> scopes = exchange.query("scope").isPresent() ? exchange.queryAll("scope") : List.of();
                boolean refresh = exchange.query("offline_token").orElse("").equals("true") && !caller.isAnonymous();
                send(exchange, tokens, caller, scopes, refresh ? tokens.refresh(caller.name()) : "");
            }
            case "POST" -> post(visit, tokens);
            default -> throw new RegistryError(RegistryError.Code.UNSUPPORTED, "tokens are got by GET or POST");
        }
    }

    private void post(Visit visit, Tokens tokens) throws IOException {
        Exchange exchange = visit.exchange();
        Map<String, String> form = form(exchange.body(MAXIMUM_FORM_BYTES)
                .orElseThrow(() -> new RegistryError(RegistryError.Code.TOO_LARGE, "the form is too large")));
        String refresh = form.getOrDefault("refresh_token", "");
        Caller caller;
        switch (form.getOrDefault("grant_type", "")) {
            case "password" ->
                caller = access.password(
                        form.getOrDefault("username", ""), form.getOrDefault("password", ""), exchange.remoteAddress());
            case "refresh_token" -> {
                String user = tokens.refreshed(refresh);
                if (!access.exists(user)) {
                    throw new RegistryError(RegistryError.Code.UNAUTHORIZED, "%s is no user any more", user);
                }
                caller = access.known(user, Caller.Proof.TOKEN);
            }
            default -> throw new RegistryError(RegistryError.Code.UNSUPPORTED, "unknown grant_type");
        }
        visit.identified(caller);
        boolean offline = form.getOrDefault("access_type", "").equals("offline") && refresh.isEmpty();
        String scope = form.getOrDefault("scope", "");
        send(
                exchange,
                tokens,
                caller,
                scope.isEmpty() ? List.of() : List.of(scope.split(" ")),
                offline ? tokens.refresh(caller.name()) : refresh);
    }

    private void send(Exchange exchange, Tokens tokens, Caller caller, List<String> scopes, String refresh)
            throws IOException {
        Map<String, Set<Action>> granted = new HashMap<>();
        List<String> all = new ArrayList<>();
        scopes.forEach(scope -> all.addAll(List.of(scope.split(" "))));
        for (String scope : all) {
            allowed(caller, scope)
                    .forEach((repository, actions) -> granted.computeIfAbsent(
                                    repository, _ -> EnumSet.noneOf(Action.class))
                            .addAll(actions));
        }
        String token = tokens.grant(caller, granted);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", token);
        answer.put("access_token", token);
        answer.put("expires_in", Tokens.LIFE.toSeconds());
        if (!refresh.isEmpty()) {
            answer.put("refresh_token", refresh);
        }
        exchange.set("Cache-Control", "no-store");
        exchange.send(200, RegistryHandler.JSON, ErrorBodies.json(answer));
    }

    /** What of {@code repository:NAME:ACTIONS} the caller may have. */
    private Map<String, Set<Action>> allowed(Caller caller, String scope) {
        int name = scope.indexOf(':');
        int actions = scope.lastIndexOf(':');
        if (name < 0 || actions <= name || !scope.substring(0, name).equals("repository")) {
            return Map.of();
        }
        RepositoryName repository = new RepositoryName(scope.substring(name + 1, actions));
        List<String> asked = List.of(scope.substring(actions + 1).split(","));
        Set<Action> allowed = EnumSet.noneOf(Action.class);
        for (Action action : Action.values()) {
            if ((asked.contains(action.text()) || asked.contains("*")) && access.allows(caller, repository, action)) {
                allowed.add(action);
            }
        }
        return Map.of(repository.text(), allowed);
    }

    private static Map<String, String> form(byte[] body) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
