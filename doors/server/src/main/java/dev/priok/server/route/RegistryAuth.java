package dev.priok.server.route;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.priok.api.ApiJson;
import dev.priok.api.AuthConfig;
import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Credentials for a registry in {@code X-Registry-Auth}: base64url of {@code {"username":"...","password":"..."}}. */
final class RegistryAuth {
    private static final String HUB = "docker.io";
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private RegistryAuth() {}

    /** What the header says; nobody when it is missing or not readable, as in Docker. */
    static Credentials of(Call call) {
        return header(call, "X-Registry-Auth", new TypeReference<AuthConfig>() {})
                .map(RegistryAuth::of)
                .orElse(Credentials.ANONYMOUS);
    }

    /**
     * What {@code X-Registry-Config} says of all registries that a build may need, by domain; Docker Hub's is under the address
     * of its first index.
     */
    static Function<String, Credentials> ofAll(Call call) {
        Map<String, AuthConfig> all = header(call, "X-Registry-Config", new TypeReference<Map<String, AuthConfig>>() {})
                .orElse(Map.of());
        return domain -> {
            AuthConfig config = all.get(domain.equals(HUB) ? HUB_KEY : domain);
            return config == null ? Credentials.ANONYMOUS : of(config);
        };
    }

    /** Empty for a header that is missing or cannot be read, as in Docker. */
    private static <T> Optional<T> header(Call call, String name, TypeReference<T> type) {
        Optional<String> header = call.exchange().header(name);
        if (header.isEmpty() || header.get().isEmpty()) {
            return Optional.empty();
        }
        try {
            String text =
                    header.get().strip().replace('+', '-').replace('/', '_').replace("=", "");
            byte[] json = Base64.getUrlDecoder().decode(text);
            return Optional.ofNullable(ApiJson.read(new String(json, StandardCharsets.UTF_8), type, name));
        } catch (IllegalArgumentException | Failure _) {
            return Optional.empty();
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
