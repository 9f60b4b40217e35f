package dev.priok.cli.image;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Registry credentials from docker's {@code config.json}; credential helpers are not run. */
public final class Credentials {
    /** How config.json names Docker Hub. */
    private static final String HUB = "https://index.docker.io/v1/";

    private Credentials() {}

    /** Adds the credentials for the registry of {@code repository}, if there are any. */
    public static void addTo(Session session, Request request, String repository) throws IOException {
        JsonObject auths = auths(session);
        String registry = registry(repository);
        JsonObject entry = auths.has(registry) ? auths.object(registry) : auths.object("https://" + registry);
        if (!entry.fields().isEmpty()) {
            request.header("X-Registry-Auth", encode(credential(registry, entry)));
        }
    }

    /** Adds all credentials, as a build needs them for any image that it names. */
    public static void addAllTo(Session session, Request request) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        JsonObject auths = auths(session);
        for (String registry : auths.fields().keySet()) {
            all.put(registry, credential(registry, auths.object(registry)));
        }
        if (!all.isEmpty()) {
            request.header("X-Registry-Config", encode(all));
        }
    }

    private static JsonObject auths(Session session) throws IOException {
        Path file = session.configFolder().resolve("config.json");
        if (!Files.isReadable(file)) {
            return JsonObject.of(null);
        }
        try {
            return JsonObject.of(Json.read(Files.readString(file))).object("auths");
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** The registry of an image's name: its first part if that looks like a host. */
    static String registry(String repository) {
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

    private static String encode(Map<String, Object> tree) {
        return Base64.getUrlEncoder().encodeToString(Json.write(tree).getBytes(StandardCharsets.UTF_8));
    }
}
