package dev.priok.server.route;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.priok.api.ApiJson;
import dev.priok.api.AuthConfig;
import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Credentials for a registry in {@code X-Registry-Auth}: base64url of {@code {"username":"...","password":"..."}}. */
final class RegistryAuth {
    private RegistryAuth() {}

    /** What the header says; nobody when it is missing or not readable, as in Docker. */
    static Credentials of(Call call) {
        Optional<String> header = call.exchange().header("X-Registry-Auth");
        if (header.isEmpty() || header.get().isEmpty()) {
            return Credentials.ANONYMOUS;
        }
        try {
            String text =
                    header.get().strip().replace('+', '-').replace('/', '_').replace("=", "");
            byte[] json = Base64.getUrlDecoder().decode(text);
            AuthConfig config = ApiJson.read(
                    new String(json, StandardCharsets.UTF_8), new TypeReference<AuthConfig>() {}, "X-Registry-Auth");
            return config == null ? Credentials.ANONYMOUS : of(config);
        } catch (IllegalArgumentException | Failure e) {
            return Credentials.ANONYMOUS;
        }
    }

    static Credentials of(AuthConfig config) {
        if (!config.registryToken().isEmpty()) {
            return new Credentials.RegistryToken(config.registryToken());
        }
        if (!config.identityToken().isEmpty()) {
            return new Credentials.IdentityToken(config.identityToken());
        }
        if (!config.username().isEmpty()) {
            return new Credentials.Basic(config.username(), config.password());
        }
        return pair(config.auth()).orElse(Credentials.ANONYMOUS);
    }

    /** {@code auth} of config.json: base64 of {@code user:password}. */
    private static Optional<Credentials> pair(String auth) {
        if (auth.isEmpty()) {
            return Optional.empty();
        }
        String text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new Credentials.Basic(text.substring(0, colon), text.substring(colon + 1)));
    }
}
