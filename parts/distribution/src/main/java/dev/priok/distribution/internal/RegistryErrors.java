package dev.priok.distribution.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;

/** What registries say when they refuse, as Docker words it: {@code {"errors":[{"code":"DENIED","message":"..."}]}}. */
public final class RegistryErrors {
    private static final int MAXIMUM_BYTES = 64 << 10;
    private static final int MAXIMUM_TEXT = 300;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RegistryErrors() {}

    /** The failure that an answer tells; reads and closes it. */
    public static Failure of(Reply reply, String doing) throws IOException {
        try (reply) {
            Failure.Kind kind = kind(reply.status());
            List<String> told = new ArrayList<>();
            byte[] body;
            try {
                body = reply.body().readNBytes(MAXIMUM_BYTES);
            } catch (IOException e) {
                body = new byte[0];
            }
            try {
                for (JsonNode error : MAPPER.readTree(body).path("errors")) {
                    String code = field(error, "code").toLowerCase(Locale.ROOT).replace('_', ' ');
                    String message = field(error, "message");
                    told.add(code + ": " + (message.isEmpty() ? code : message));
                }
            } catch (JsonProcessingException e) {
                told.clear();
                if (reply.status() == 401 || reply.status() == 403) {
                    told.add("error parsing HTTP %d response body: it is no JSON: \"%s\""
                            .formatted(reply.status(), text(body)));
                }
            }
            if (!told.isEmpty()) {
                return new Failure(kind, String.join("\n", told));
            }
            String text = text(body);
            String what = reply.status() == 429
                    ? "toomanyrequests: " + wait(reply)
                    : "%s: unexpected status from %s: %d%s"
                            .formatted(doing, reply.uri(), reply.status(), text.isEmpty() ? "" : ": " + text);
            return new Failure(kind, what);
        }
    }

    /** A field whatever the case of its name: some token servers write {@code Code}, and Go's clients read it. */
    private static String field(JsonNode object, String name) {
        for (var field : object.properties()) {
            if (field.getKey().equalsIgnoreCase(name) && field.getValue().isTextual()) {
                return field.getValue().asText();
            }
        }
        return "";
    }

    private static String text(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.substring(0, Math.min(MAXIMUM_TEXT, text.length()));
    }

    private static String wait(Reply reply) {
        return reply.header("Retry-After")
                .map(after -> "the registry's rate limit is reached, try again after " + after)
                .orElse("the registry's rate limit is reached");
    }

    private static Failure.Kind kind(int status) {
        return switch (status) {
            case 401 -> Failure.Kind.UNAUTHORIZED;
            case 403 -> Failure.Kind.FORBIDDEN;
            case 404 -> Failure.Kind.NOT_FOUND;
            case 400, 405, 413, 416 -> Failure.Kind.INVALID;
            case 429, 503 -> Failure.Kind.UNAVAILABLE;
            default -> Failure.Kind.INTERNAL;
        };
    }

    /** A failure of the network, in the words of Go's HTTP client, which people search for. */
    public static Failure network(Outgoing request, IOException e) {
        String method =
                request.method().charAt(0) + request.method().substring(1).toLowerCase(Locale.ROOT);
        String host = String.valueOf(request.uri().getHost());
        Throwable cause = e;
        while (cause.getCause() != null
                && !(cause instanceof UnknownHostException)
                && !(cause instanceof HttpResponseException)) {
            cause = cause.getCause();
        }
        String port = request.uri().getPort() >= 0
                ? String.valueOf(request.uri().getPort())
                : request.uri().getScheme().equals("https") ? "443" : "80";
        String why = switch (cause) {
            case UnknownHostException _ -> "dial tcp: lookup " + host + ": no such host";
            case ConnectException c ->
                "dial tcp " + host + ":" + port + ": connect: "
                        + String.valueOf(c.getMessage()).toLowerCase(Locale.ROOT);
            case SSLException s
            when String.valueOf(s.getMessage()).contains("plaintext connection") ->
                "http: server gave HTTP response to HTTPS client";
            case HttpResponseException _ -> "malformed HTTP response";
            case CertPathBuilderException _ ->
                "tls: failed to verify certificate: x509: certificate signed by unknown authority";
            default -> e instanceof SSLException ? "tls: " + cause.getMessage() : String.valueOf(e.getMessage());
        };
        return new Failure(Failure.Kind.INTERNAL, "%s \"%s\": %s".formatted(method, request.uri(), why), e);
    }
}
