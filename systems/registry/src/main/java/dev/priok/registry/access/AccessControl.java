package dev.priok.registry.access;

import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Learns who calls and decides what that one may do. */
public final class AccessControl {
    /** Each takes a core for a tenth of a second. */
    private static final int PASSWORDS_AT_ONCE = 2;

    private final Policy policy;
    private final Optional<Passwords> passwords;
    private final Optional<ApiKeys> keys;
    private final Optional<Tokens> tokens;
    private final boolean certificates;
    private final Groups groups;
    private final LoginGuard guard;
    private final Semaphore turns = new Semaphore(PASSWORDS_AT_ONCE);
    private final LongAdder refused = new LongAdder();

    /** Groups of a user. */
    @FunctionalInterface
    public interface Groups {
        Set<String> of(String user);
    }

    /**
     * @param passwords who checks user names and passwords; empty when there are none
     * @param keys who knows API keys; empty when there are none
     * @param tokens who makes and checks tokens; empty when Basic authentication is all
     * @param certificates whether the name in a client's certificate is a user
     */
    public AccessControl(
            Policy policy,
            Optional<Passwords> passwords,
            Optional<ApiKeys> keys,
            Optional<Tokens> tokens,
            boolean certificates,
            Groups groups,
            LoginGuard guard) {
        this.policy = policy;
        this.passwords = passwords;
        this.keys = keys;
        this.tokens = tokens;
        this.certificates = certificates;
        this.groups = groups;
        this.guard = guard;
    }

    /** Nobody is asked who they are. */
    public static AccessControl open(LoginGuard guard) {
        return new AccessControl(
                Policy.OPEN, Optional.empty(), Optional.empty(), Optional.empty(), false, _ -> Set.of(), guard);
    }

    public Optional<Tokens> tokens() {
        return tokens;
    }

    /** Whether a caller can show who it is by password, key or token. */
    public boolean knowsUsers() {
        return passwords.isPresent() || keys.isPresent();
    }

    /** Whether somebody without a name may do anything. */
    public boolean knowsAnonymous() {
        return policy.knowsAnonymous();
    }

    /**
     * Who calls.
     *
     * @param authorization the header, when there is one
     * @param address the caller's, against which wrong passwords count
     * @throws RegistryError UNAUTHORIZED when the credentials are wrong, TOOMANYREQUESTS when too many were
     */
    public Caller identify(Optional<String> authorization, Optional<X509Certificate> certificate, String address)
            throws IOException {
        if (authorization.isPresent()) {
            String header = authorization.get();
            int space = header.indexOf(' ');
            String scheme = space < 0 ? header : header.substring(0, space);
            String rest = space < 0 ? "" : header.substring(space + 1).strip();
            return switch (scheme.toLowerCase(Locale.ROOT)) {
                case "basic" -> basic(rest, address);
                case "bearer" -> bearer(rest, address);
                default -> throw unauthorized("unknown kind of credentials");
            };
        }
        if (certificates && certificate.isPresent()) {
            Optional<String> name = Certificates.commonName(certificate.get());
            if (name.isPresent()) {
                return known(name.get(), Caller.Proof.CERTIFICATE);
            }
        }
        return Caller.ANONYMOUS;
    }

    private Caller basic(String encoded, String address) throws IOException {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, e, "malformed credentials");
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw unauthorized("malformed credentials");
        }
        return password(text.substring(0, colon), text.substring(colon + 1), address);
    }

    /** Who has this name and this password or API key. */
    public Caller password(String user, String password, String address) throws IOException {
        guard.check(address);
        if (password.startsWith(ApiKeys.PREFIX) && keys.isPresent()) {
            Optional<String> owner = keys.get().owner(password);
            if (owner.isPresent() && (user.isEmpty() || user.equals(owner.get())) && isStillUser(owner.get())) {
                guard.succeeded(address);
                return known(owner.get(), Caller.Proof.API_KEY);
            }
        } else if (passwords.isPresent() && isRight(passwords.get(), user, password, address)) {
            return known(user, Caller.Proof.PASSWORD);
        }
        if (passwords.isEmpty() || password.startsWith(ApiKeys.PREFIX)) {
            guard.failed(address);
        }
        refused.increment();
        throw unauthorized("wrong user name or password");
    }

    /**
     * Few passwords are computed at once, and each address is looked at again when its turn comes: a thousand guesses at the same
     * moment are no more than a few.
     */
    private boolean isRight(Passwords known, String user, String password, String address) throws IOException {
        if (known.isRemembered(user, password)) {
            guard.succeeded(address);
            return true;
        }
        turns.acquireUninterruptibly();
        try {
            guard.check(address);
            boolean right = known.check(user, password);
            if (right) {
                guard.succeeded(address);
            } else {
                guard.failed(address);
            }
            return right;
        } finally {
            turns.release();
        }
    }

    private Caller bearer(String token, String address) throws IOException {
        if (token.startsWith(ApiKeys.PREFIX)) {
            return password("", token, address);
        }
        return tokens.orElseThrow(() -> unauthorized("this registry takes no tokens"))
                .verify(token);
    }

    /** The user of that name, with its groups. */
    public Caller known(String name, Caller.Proof by) {
        return new Caller(name, groups.of(name), Optional.empty(), by);
    }

    /** A key ends with its user, where users are listed. */
    private boolean isStillUser(String user) throws IOException {
        return passwords.isEmpty() || passwords.get().exists(user);
    }

    /** Wrong passwords and keys so far. */
    public long refused() {
        return refused.sum();
    }

    /** Whether API keys can be made. */
    public Optional<ApiKeys> keys() {
        return keys;
    }

    /** Whether the user still exists. */
    public boolean exists(String user) throws IOException {
        return passwords.isPresent() && passwords.get().exists(user);
    }

    /** Whether the caller may do this. */
    public boolean allows(Caller caller, RepositoryName repository, Action action) {
        return caller.granted().isPresent()
                ? caller.grantedFor(repository).contains(action)
                : policy.allows(caller, repository, action);
    }

    private static RegistryError unauthorized(String message) {
        return new RegistryError(RegistryError.Code.UNAUTHORIZED, "%s", message);
    }
}
