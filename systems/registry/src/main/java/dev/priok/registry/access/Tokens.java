package dev.priok.registry.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.priok.registry.RegistryError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes and checks the tokens of Docker's flow: JSON web tokens, signed with ECDSA P-256, that grant actions on repositories for a
 * few minutes.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/jwt/">Docker registry, token implementation</a>
 */
public final class Tokens {
    /** How long a token grants what it grants. */
    public static final Duration LIFE = Duration.ofMinutes(5);

    /** How long a client may fetch tokens without the password. */
    private static final Duration REFRESH_LIFE = Duration.ofDays(30);

    private static final String REFRESH = "priok-refresh";
    /** Tokens whose signature was checked lately. */
    private static final int MAXIMUM_CHECKED = 10_000;

    private record Checked(Caller caller, Instant until) {}

    private final ECKey key;
    private final String service;
    private final InstantSource clock;
    private final Map<String, Checked> checked = new ConcurrentHashMap<>();

    private Tokens(ECKey key, String service, InstantSource clock) {
        this.key = key;
        this.service = service;
        this.clock = clock;
    }

    /**
     * Reads the key from a file, which is made when there is none.
     *
     * @param service by which tokens name this registry
     */
    public static Tokens open(Path file, String service, InstantSource clock) throws IOException {
        try {
            if (!Files.exists(file)) {
                ECKey fresh = new ECKeyGenerator(Curve.P_256)
                        .keyID(UUID.randomUUID().toString())
                        .generate();
                write(file, fresh.toJSONString());
            }
            return new Tokens(ECKey.parse(Files.readString(file)), service, clock);
        } catch (JOSEException | ParseException e) {
            throw new IOException("cannot use the token key " + file, e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        Files.createFile(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    public String service() {
        return service;
    }

    /** A token that grants these actions. */
    public String grant(Caller caller, Map<String, Set<Action>> actions) {
        List<Map<String, Object>> access = new ArrayList<>();
        actions.forEach((repository, allowed) -> access.add(Map.of(
                "type",
                "repository",
                "name",
                repository,
                "actions",
                allowed.stream().map(Action::text).sorted().toList())));
        Instant now = clock.instant();
        return sign(new JWTClaimsSet.Builder()
                .issuer(service)
                .subject(caller.name())
                .audience(service)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now.minusSeconds(10)))
                .expirationTime(Date.from(now.plus(LIFE)))
                .jwtID(UUID.randomUUID().toString())
                .claim("groups", List.copyOf(caller.groups()))
                .claim("access", access)
                .build());
    }

    /** A token by which a client gets others without the password. */
    public String refresh(String user) {
        return sign(new JWTClaimsSet.Builder()
                .issuer(service)
                .subject(user)
                .audience(REFRESH)
                .expirationTime(Date.from(clock.instant().plus(REFRESH_LIFE)))
                .build());
    }

    private String sign(JWTClaimsSet claims) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .type(com.nimbusds.jose.JOSEObjectType.JWT)
                            .build(),
                    claims);
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
    }

    /**
     * Whom a refresh token is for.
     *
     * @throws RegistryError UNAUTHORIZED
     */
    public String refreshed(String token) {
        JWTClaimsSet claims = claims(token, REFRESH);
        return Optional.ofNullable(claims.getSubject()).orElseThrow(() -> invalid("nobody"));
    }

    /**
     * Who calls with a token, and what it grants.
     *
     * @throws RegistryError UNAUTHORIZED when it is not ours or has ended
     */
    Caller verify(String token) {
        Checked known = checked.get(token);
        if (known != null && clock.instant().isBefore(known.until())) {
            return known.caller();
        }
        JWTClaimsSet claims = claims(token, service);
        try {
            String name = Optional.ofNullable(claims.getSubject()).orElse("");
            List<String> groups = claims.getStringListClaim("groups");
            Caller caller = new Caller(
                    name,
                    groups == null ? Set.of() : Set.copyOf(groups),
                    Optional.of(granted(claims)),
                    Caller.Proof.TOKEN);
            if (checked.size() >= MAXIMUM_CHECKED) {
                checked.clear();
            }
            checked.put(token, new Checked(caller, claims.getExpirationTime().toInstant()));
            return caller;
        } catch (ParseException e) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, e, "malformed token");
        }
    }

    private JWTClaimsSet claims(String text, String audience) {
        try {
            SignedJWT token = SignedJWT.parse(text);
            if (!token.getHeader().getAlgorithm().equals(JWSAlgorithm.ES256)
                    || !token.verify(new ECDSAVerifier(key.toECPublicKey()))) {
                throw invalid("its signature is not ours");
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            Date end = claims.getExpirationTime();
            if (end == null || !clock.instant().isBefore(end.toInstant())) {
                throw invalid("it has expired");
            }
            if (!claims.getAudience().contains(audience)) {
                throw invalid("it is for another service");
            }
            return claims;
        } catch (ParseException | JOSEException e) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, e, "malformed token");
        }
    }

    private static Map<String, Set<Action>> granted(JWTClaimsSet claims) throws ParseException {
        Map<String, Set<Action>> granted = new HashMap<>();
        List<Object> access = claims.getListClaim("access");
        for (Object entry : access == null ? List.of() : access) {
            if (entry instanceof Map<?, ?> fields
                    && fields.get("name") instanceof String name
                    && fields.get("actions") instanceof List<?> actions) {
                Set<Action> allowed = EnumSet.noneOf(Action.class);
                for (Action action : Action.values()) {
                    if (actions.contains(action.text())) {
                        allowed.add(action);
                    }
                }
                granted.put(name, allowed);
            }
        }
        return granted;
    }

    private static RegistryError invalid(String why) {
        return new RegistryError(RegistryError.Code.UNAUTHORIZED, "the token is refused: %s", why);
    }
}
