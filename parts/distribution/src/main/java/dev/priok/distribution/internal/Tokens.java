package dev.priok.distribution.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gets tokens from a token server, and keeps them as long as they live.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">token</a> and
 *     <a href="https://distribution.github.io/distribution/spec/auth/oauth/">OAuth2</a>
 */
final class Tokens {
    private static final String CLIENT = "docker";
    private static final int MAXIMUM_BYTES = 1 << 20;
    /** What the specification says when the answer does not. */
    private static final long DEFAULT_SECONDS = 60;
    /** So that a token does not end on its way. */
    private static final long MARGIN_SECONDS = 5;
    /** One per repository that is worked with. */
    private static final int MAXIMUM_KEPT = 1000;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Key(String realm, String service, List<String> scopes, Credentials credentials) {}

    private record Kept(String token, long endNanos) {}

    /**
     * What a token server gave.
     *
     * @param access for the registry
     * @param refresh to be used instead of the password; empty when there is none
     * @param seconds how long {@code access} lives
     */
    record Granted(String access, String refresh, long seconds) {}

    private final Map<Key, Kept> kept = new LinkedHashMap<>();

    /** A token for these scopes, possibly one that was got before. */
    String get(Sender sender, Challenge challenge, List<String> scopes, Credentials credentials, boolean fresh)
            throws IOException {
        Key key = new Key(challenge.parameter("realm"), challenge.parameter("service"), scopes, credentials);
        synchronized (kept) {
            Kept known = kept.get(key);
            if (known != null && !fresh && known.endNanos() - System.nanoTime() > 0) {
                return known.token();
            }
        }
        Granted granted = request(sender, challenge, scopes, credentials, false);
        long end = System.nanoTime() + Math.max(0, granted.seconds() - MARGIN_SECONDS) * 1_000_000_000L;
        synchronized (kept) {
            if (kept.size() >= MAXIMUM_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            kept.put(key, new Kept(granted.access(), end));
        }
        return granted.access();
    }

    /** Who sends a request to a token server, with retries. */
    interface Sender {
        Reply send(Outgoing request) throws IOException;
    }

    Granted request(Sender sender, Challenge challenge, List<String> scopes, Credentials credentials, boolean offline)
            throws IOException {
        URI realm = realm(challenge);
        Outgoing request = credentials instanceof Credentials.IdentityToken identity
                ? form(realm, challenge, scopes, identity)
                : query(realm, challenge, scopes, credentials, offline);
        Reply reply = sender.send(request);
        if (!reply.isSuccess()) {
            Failure failure = RegistryErrors.of(reply, "getting a token");
            if (reply.status() == 401 || reply.status() == 403) {
                String told = failure.message().startsWith("getting a token")
                        ? "unauthorized: authentication required"
                        : failure.message();
                throw new Failure(Failure.Kind.UNAUTHORIZED, told);
            }
            throw failure;
        }
        try (reply) {
            JsonNode answer = MAPPER.readTree(reply.bytes(MAXIMUM_BYTES));
            String access = answer.path("token").asText("");
            String token = access.isEmpty() ? answer.path("access_token").asText("") : access;
            if (token.isEmpty()) {
                throw new Failure(
                        Failure.Kind.INTERNAL,
                        "authorization server did not include a token in the response: " + realm);
            }
            return new Granted(
                    token,
                    answer.path("refresh_token").asText(""),
                    Math.clamp(answer.path("expires_in").asLong(DEFAULT_SECONDS), DEFAULT_SECONDS, 86_400));
        } catch (JsonProcessingException e) {
            throw new Failure(Failure.Kind.INTERNAL, "authorization server " + realm + " does not answer in JSON", e);
        }
    }

    private static URI realm(Challenge challenge) {
        String realm = challenge.parameter("realm");
        try {
            URI uri = URI.create(realm);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid token auth challenge realm: " + realm, e);
        }
        throw Failure.invalid("invalid token auth challenge realm: %s", realm);
    }

    private static Outgoing query(
            URI realm, Challenge challenge, List<String> scopes, Credentials credentials, boolean offline) {
        StringBuilder query = new StringBuilder(realm.getRawQuery() == null ? "" : realm.getRawQuery());
        add(query, "service", challenge.parameter("service"));
        scopes.forEach(scope -> add(query, "scope", scope));
        if (offline) {
            add(query, "offline_token", "true");
        }
        add(query, "client_id", CLIENT);
        Optional<String> basic = Optional.empty();
        if (credentials instanceof Credentials.Basic user) {
            add(query, "account", user.user());
            basic = Optional.of(basic(user));
        }
        String base = realm.toString();
        int mark = base.indexOf('?');
        Outgoing get = Outgoing.get(URI.create((mark < 0 ? base : base.substring(0, mark)) + "?" + query));
        return basic.map(value -> get.with("Authorization", value)).orElse(get);
    }

    private static Outgoing form(
            URI realm, Challenge challenge, List<String> scopes, Credentials.IdentityToken identity) {
        StringBuilder form = new StringBuilder();
        add(form, "grant_type", "refresh_token");
        add(form, "refresh_token", identity.token());
        add(form, "service", challenge.parameter("service"));
        add(form, "client_id", CLIENT);
        if (!scopes.isEmpty()) {
            add(form, "scope", String.join(" ", scopes));
        }
        byte[] bytes = form.toString().getBytes(StandardCharsets.UTF_8);
        return Outgoing.of("POST", realm)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with(new Outgoing.Body() {
                    @Override
                    public long length() {
                        return bytes.length;
                    }

                    @Override
                    public InputStream open() {
                        return new ByteArrayInputStream(bytes);
                    }
                });
    }

    private static void add(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append(query.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    static String basic(Credentials.Basic user) {
        byte[] pair = (user.user() + ":" + user.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}
