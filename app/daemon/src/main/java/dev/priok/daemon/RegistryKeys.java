package dev.priok.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Failure;
import dev.priok.tls.PemFiles;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** {@code priok registry key create|ls|rm}: a user's API keys of a registry that runs somewhere. */
final class RegistryKeys {
    static final List<String> VALUES = List.of("registry", "user", "label", "days", "tls-ca");

    static final String HELP = """
            Usage:  priok registry key create|ls|rm [OPTIONS] [ID...]

            Make, list or revoke API keys of a registry

            Options:
                  --days string       Days until a new key ends (default never)
                  --label string      What a new key is for
                  --password-stdin    Take the password from standard input
                  --registry string   Address of the registry (default "http://127.0.0.1:5000")
                  --tls-ca string     Who signed the registry's certificate, PEM
                  --user string       User of the registry
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAXIMUM_PASSWORD_BYTES = 64 << 10;

    private final Map<String, String> flags;

    RegistryKeys(Map<String, String> flags) {
        this.flags = flags;
    }

    /** Does what is named first, with the arguments after it; prints to standard output. */
    int run(List<String> arguments) throws IOException {
        if (flags.containsKey("help") || arguments.isEmpty()) {
            System.out.print(HELP);
            return arguments.isEmpty() && !flags.containsKey("help") ? 1 : 0;
        }
        List<String> rest = arguments.subList(1, arguments.size());
        String verb = arguments.getFirst();
        if (verb.equals("rm") == rest.isEmpty()) {
            throw Failure.invalid("priok registry key rm wants ids, create and ls want none");
        }
        String authorization = authorization();
        try (HttpClient client = client()) {
            switch (verb) {
                case "create" -> create(client, authorization);
                case "ls" -> list(client, authorization);
                case "rm" -> {
                    for (String id : rest) {
                        call(client, authorization, "DELETE", "/" + id, "");
                        System.out.println(id);
                    }
                }
                default -> throw Failure.invalid("no such command: priok registry key %s: want create, ls or rm", verb);
            }
        }
        return 0;
    }

    private void create(HttpClient client, String authorization) throws IOException {
        long days;
        try {
            days = Long.parseLong(flags.getOrDefault("days", "0"));
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "--days wants a number, not " + flags.get("days"), e);
        }
        String body = JSON.writeValueAsString(Map.of("label", flags.getOrDefault("label", ""), "days", days));
        System.out.println(
                call(client, authorization, "POST", "", body).path("key").asText());
    }

    private void list(HttpClient client, String authorization) throws IOException {
        System.out.println("ID        EXPIRES                         LABEL");
        for (JsonNode key : call(client, authorization, "GET", "", "").path("keys")) {
            System.out.printf(
                    Locale.ROOT,
                    "%-9d %-31s %s%n",
                    key.path("id").asLong(),
                    key.path("expires").asText("never"),
                    key.path("label").asText());
        }
    }

    private JsonNode call(HttpClient client, String authorization, String method, String rest, String body)
            throws IOException {
        URI uri = URI.create(flags.getOrDefault("registry", "http://127.0.0.1:5000") + "/registry/keys" + rest);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Authorization", authorization)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            JsonNode document = answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
            if (answer.statusCode() / 100 != 2) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        document.path("errors")
                                .path(0)
                                .path("message")
                                .asText("the registry answered " + answer.statusCode()));
            }
            return document;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private String authorization() throws IOException {
        String user = flags.getOrDefault("user", "");
        if (user.isEmpty()) {
            throw Failure.invalid("say who you are: --user NAME");
        }
        String password;
        if (flags.containsKey("password-stdin")) {
            password = new String(System.in.readNBytes(MAXIMUM_PASSWORD_BYTES), StandardCharsets.UTF_8)
                    .replaceFirst("\r?\n$", "");
        } else {
            Console console = Objects.requireNonNull(System.console());
            if (!console.isTerminal()) {
                throw Failure.invalid("there is no terminal to ask for the password: give --password-stdin");
            }
            char[] typed = console.readPassword("Password: ");
            if (typed == null) {
                throw Failure.invalid("no password was given");
            }
            password = new String(typed);
        }
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private HttpClient client() throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        if (flags.containsKey("tls-ca")) {
            builder.sslContext(trusting(Path.of(flags.get("tls-ca"))));
        }
        return builder.build();
    }

    private static SSLContext trusting(Path file) throws IOException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(PemFiles.authorities(PemFiles.certificates(file)));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("%s cannot be trusted: %s".formatted(file, e.getMessage()), e);
        }
    }
}
