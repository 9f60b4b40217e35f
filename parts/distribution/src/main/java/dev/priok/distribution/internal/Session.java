package dev.priok.distribution.internal;

import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Talks to one repository at one address as one user: answers challenges, tries again. Safe from several threads. */
public final class Session {
    private final Endpoints endpoints;
    private final Endpoints.Place place;
    private final Credentials credentials;
    private final String scope;
    private volatile @Nullable Endpoint endpoint;
    private volatile Optional<Challenge> challenge = Optional.empty();

    private Session(Endpoints endpoints, Endpoints.Place place, Credentials credentials, String path, boolean pushing) {
        this.endpoints = endpoints;
        this.place = place;
        // A mirror is another registry: the secret is not for it.
        this.credentials = place.mirror() ? Credentials.ANONYMOUS : credentials;
        this.scope = "repository:" + path + (pushing ? ":pull,push" : ":pull");
    }

    /** The sessions of a repository, mirrors first. Each address is looked for when it is first needed. */
    public static List<Session> open(
            Endpoints endpoints, String domain, String path, Credentials credentials, boolean pushing) {
        return endpoints.places(domain, !pushing).stream()
                .map(place -> new Session(endpoints, place, credentials, path, pushing))
                .toList();
    }

    private Endpoint endpoint() throws IOException {
        Endpoint known = endpoint;
        if (known != null) {
            return known;
        }
        Endpoints.Pinged pinged = endpoints.find(place);
        challenge = pinged.challenge();
        endpoint = pinged.endpoint();
        return pinged.endpoint();
    }

    /** The address of a path of this registry, which is looked for now if it was not before. */
    public URI uri(String path) throws IOException {
        return endpoint().resolve(path);
    }

    public boolean isMirror() {
        return place.mirror();
    }

    public Reply send(Outgoing request) throws IOException {
        return send(request, List.of());
    }

    /**
     * Sends a request; a 401 that credentials can cure is not seen.
     *
     * @param moreScopes what a token must allow beside this repository
     */
    public Reply send(Outgoing request, List<String> moreScopes) throws IOException {
        Endpoint at = endpoint();
        int attempts = request.isRepeatable() ? endpoints.config().attempts() : 1;
        Retrying retrying = new Retrying(at.transport(), attempts);
        // Elsewhere, such as the storage of a registry, our secret is not to be seen.
        boolean home = request.uri().getAuthority().equals(at.base().getAuthority());
        Optional<String> authorization = home ? authorization(retrying, moreScopes, false) : Optional.empty();
        try {
            Reply reply = retrying.send(authorized(request, authorization));
            if (reply.status() != 401 || !home || !request.isRepeatable()) {
                return reply;
            }
            Optional<Challenge> asked = Challenge.of(reply);
            if (asked.isEmpty()) {
                return reply;
            }
            challenge = asked;
            if (asked.get().scheme().equals("basic") && credentials instanceof Credentials.Anonymous) {
                reply.close();
                throw new Failure(
                        Failure.Kind.UNAUTHORIZED,
                        "%s \"%s\": no basic auth credentials".formatted(request.method(), request.uri()));
            }
            Optional<String> better = authorization(retrying, moreScopes, true);
            if (better.isEmpty() || better.equals(authorization)) {
                return reply;
            }
            reply.close();
            return retrying.send(authorized(request, better));
        } catch (Failure e) {
            if (e.getCause() instanceof IOException) {
                endpoints.forget(at);
            }
            throw e;
        }
    }

    private static Outgoing authorized(Outgoing request, Optional<String> authorization) {
        return authorization.map(value -> request.with("Authorization", value)).orElse(request);
    }

    private Optional<String> authorization(Retrying retrying, List<String> moreScopes, boolean fresh)
            throws IOException {
        if (credentials instanceof Credentials.RegistryToken(var token)) {
            return Optional.of("Bearer " + token);
        }
        Optional<Challenge> asked = challenge;
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        if (asked.get().scheme().equals("basic")) {
            return credentials instanceof Credentials.Basic user ? Optional.of(Tokens.basic(user)) : Optional.empty();
        }
        List<String> scopes = new ArrayList<>();
        scopes.add(scope);
        scopes.addAll(moreScopes);
        return Optional.of("Bearer " + endpoints.tokens().get(retrying, asked.get(), scopes, credentials, fresh));
    }

    /** Logs in at the one address of a registry; what it gives instead of the password, if anything. */
    public static String login(Endpoints endpoints, String domain, Credentials credentials) throws IOException {
        // What the registry asked for minutes ago says nothing: it may have learned to ask since.
        Endpoints.Pinged pinged =
                endpoints.findNow(endpoints.places(domain, false).getFirst());
        Retrying retrying =
                new Retrying(pinged.endpoint().transport(), endpoints.config().attempts());
        Outgoing ping = Outgoing.get(pinged.endpoint().resolve("/v2/"));
        if (pinged.challenge().isEmpty()) {
            return "";
        }
        Challenge challenge = pinged.challenge().get();
        if (challenge.scheme().equals("basic")) {
            if (!(credentials instanceof Credentials.Basic user)) {
                throw new Failure(Failure.Kind.UNAUTHORIZED, "no basic auth credentials");
            }
            check(retrying.send(ping.with("Authorization", Tokens.basic(user))), ping);
            return "";
        }
        Tokens.Granted granted = endpoints.tokens().request(retrying, challenge, List.of(), credentials, true);
        check(retrying.send(ping.with("Authorization", "Bearer " + granted.access())), ping);
        return granted.refresh();
    }

    private static void check(Reply reply, Outgoing ping) throws IOException {
        try (reply) {
            if (reply.status() == 401) {
                throw new Failure(
                        Failure.Kind.UNAUTHORIZED,
                        "login attempt to " + ping.uri() + " failed with status: 401 Unauthorized");
            }
            if (!reply.isSuccess()) {
                throw RegistryErrors.of(reply, "logging in");
            }
        }
    }
}
