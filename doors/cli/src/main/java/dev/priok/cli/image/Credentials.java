package dev.priok.cli.image;

import dev.priok.cli.command.Session;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Registry credentials: in docker's {@code config.json}, or kept by the helper that it names. */
public final class Credentials {
    /** How config.json names Docker Hub. */
    static final String HUB = "https://index.docker.io/v1/";

    private Credentials() {}

    /** Adds the credentials for the registry of {@code repository}, if there are any. */
    public static void addTo(Session session, Request request, String repository) throws IOException {
        Map<String, Object> credential = of(session, registry(repository));
        if (!credential.isEmpty()) {
            request.header("X-Registry-Auth", encode(credential));
        }
    }

    /** Adds all credentials, as a build needs them for any image that it names. */
    public static void addAllTo(Session session, Request request) throws IOException {
        JsonObject config = session.configFile().read();
        Set<String> registries =
                new LinkedHashSet<>(config.object("auths").fields().keySet());
        registries.addAll(config.object("credHelpers").fields().keySet());
        if (!config.text("credsStore").isEmpty()) {
            registries.addAll(new CredentialProgram(config.text("credsStore"))
                    .list()
                    .fields()
                    .keySet());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        for (String registry : registries) {
            Map<String, Object> credential = of(session, registry);
            if (!credential.isEmpty()) {
                all.put(registry, credential);
            }
        }
        if (!all.isEmpty()) {
            request.header("X-Registry-Config", encode(all));
        }
    }

    /** What is known for a registry; empty for nothing. */
    public static Map<String, Object> of(Session session, String registry) throws IOException {
        JsonObject config = session.configFile().read();
        CredentialProgram helper = helper(config, registry);
        if (helper != null) {
            JsonObject kept = helper.get(registry);
            return kept.has("Secret") ? credential(registry, kept.text("Username"), kept.text("Secret")) : Map.of();
        }
        JsonObject auths = config.object("auths");
        JsonObject entry = auths.has(registry) ? auths.object(registry) : auths.object("https://" + registry);
        return entry.fields().isEmpty() ? Map.of() : credential(registry, entry);
    }

    /** Keeps what a login gave. */
    static void keep(Session session, String registry, String user, String password, String identityToken)
            throws IOException {
        JsonObject config = session.configFile().read();
        CredentialProgram helper = helper(config, registry);
        Map<String, @Nullable Object> auths =
                new LinkedHashMap<>(config.object("auths").fields());
        Map<String, Object> entry = new LinkedHashMap<>();
        if (helper != null) {
            helper.store(
                    registry,
                    identityToken.isEmpty() ? user : CredentialProgram.TOKEN,
                    identityToken.isEmpty() ? password : identityToken);
        } else {
            String pair = user + ":" + (identityToken.isEmpty() ? password : "");
            entry.put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
            if (!identityToken.isEmpty()) {
                entry.put("identitytoken", identityToken);
            }
        }
        auths.put(registry, entry);
        session.configFile().put("auths", auths);
    }

    /** Forgets a registry; false when nothing was known. */
    static boolean forget(Session session, String registry) throws IOException {
        JsonObject config = session.configFile().read();
        CredentialProgram helper = helper(config, registry);
        boolean known = config.object("auths").has(registry);
        if (helper != null) {
            helper.erase(registry);
        }
        if (known) {
            Map<String, @Nullable Object> auths =
                    new LinkedHashMap<>(config.object("auths").fields());
            auths.remove(registry);
            session.configFile().put("auths", auths);
        }
        return known || helper != null;
    }

    static boolean isKeptByHelper(Session session, String registry) {
        return helper(session.configFile().read(), registry) != null;
    }

    private static @Nullable CredentialProgram helper(JsonObject config, String registry) {
        String ofRegistry = config.object("credHelpers").text(registry);
        String name = ofRegistry.isEmpty() ? config.text("credsStore") : ofRegistry;
        return name.isEmpty() ? null : new CredentialProgram(name);
    }

    /** The registry of an image's name: its first part if that looks like a host. */
    public static String registry(String repository) {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean isHost = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return isHost && !first.equals("docker.io") ? first : HUB;
    }

    private static Map<String, Object> credential(String registry, JsonObject entry) {
        Map<String, Object> credential = new LinkedHashMap<>();
        String pair = new String(Base64.getDecoder().decode(entry.text("auth")), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon >= 0) {
            credential.put("username", pair.substring(0, colon));
            credential.put("password", pair.substring(colon + 1));
        }
        if (entry.has("identitytoken")) {
            credential.put("identitytoken", entry.text("identitytoken"));
        }
        credential.put("serveraddress", registry);
        return credential;
    }

    private static Map<String, Object> credential(String registry, String user, String secret) {
        Map<String, Object> credential = new LinkedHashMap<>();
        if (user.equals(CredentialProgram.TOKEN)) {
            credential.put("identitytoken", secret);
        } else {
            credential.put("username", user);
            credential.put("password", secret);
        }
        credential.put("serveraddress", registry);
        return credential;
    }

    private static String encode(Map<String, Object> tree) {
        return Base64.getUrlEncoder().encodeToString(Json.write(tree).getBytes(StandardCharsets.UTF_8));
    }
}
