package dev.priok.client;

import dev.priok.client.internal.HttpConnection;
import dev.priok.core.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Calls a Docker Engine API. Every call has a connection of its own, so calls may run at the same time on several threads;
 * each blocks its caller.
 *
 * <p>The version of the API costs no call: requests name the newest version that this client knows, and when the daemon
 * answers that it is too new they are repeated with the version that the daemon named. Only requests whose body cannot be
 * repeated ask {@code /_ping} first.
 */
public final class EngineClient {
    /** Newest version of the API that this client knows. */
    public static final String NEWEST_API_VERSION = "1.51";

    /** Longest error body that is read; a daemon's message is a line. */
    private static final int MAXIMUM_ERROR_BYTES = 1 << 20;

    private static final String TOO_NEW = "is too new. Maximum supported API version is ";

    private final DaemonAddress address;
    private volatile String apiVersion;
    private volatile boolean isAgreed;

    /**
     * @param apiVersion version to insist on; empty to agree with the daemon
     */
    public EngineClient(DaemonAddress address, String apiVersion) {
        this.address = address;
        this.isAgreed = !apiVersion.isEmpty();
        this.apiVersion = apiVersion.isEmpty() ? NEWEST_API_VERSION : apiVersion;
    }

    public DaemonAddress address() {
        return address;
    }

    /** The version that requests name; final once a request was answered. */
    public String apiVersion() {
        return apiVersion;
    }

    /**
     * Sends and waits for the status line; the body is read through the reply.
     *
     * @throws Failure what the daemon refused, with its message
     * @throws DaemonUnreachable when nobody listens
     * @throws IOException when the connection breaks
     */
    public Reply send(Request request) throws IOException {
        agreeIfBodyCannotRepeat(request);
        HttpConnection connection = exchange(request, false);
        if (connection.status() == 400 && !isAgreed) {
            Failure refused = refusal(connection);
            if (!agreeWith(refused.message())) {
                throw refused;
            }
            connection = exchange(request, false);
        }
        isAgreed = true;
        if (connection.status() >= 400) {
            throw refusal(connection);
        }
        return new Reply(connection.status(), connection.headers(), connection.body(), connection);
    }

    /** Sends a request whose answer does not matter beyond success. */
    public void call(Request request) throws IOException {
        try (Reply reply = send(request)) {
            reply.body().skip(Long.MAX_VALUE);
        }
    }

    /**
     * Sends and takes the connection over.
     *
     * @throws Failure what the daemon refused, with its message
     */
    public Hijacked hijack(Request request) throws IOException {
        request.header("Connection", "Upgrade").header("Upgrade", "tcp");
        HttpConnection connection = exchange(request, true);
        if (connection.status() == 400 && !isAgreed) {
            Failure refused = refusal(connection);
            if (!agreeWith(refused.message())) {
                throw refused;
            }
            connection = exchange(request, true);
        }
        isAgreed = true;
        if (connection.status() >= 400) {
            throw refusal(connection);
        }
        String contentType = connection.headers().getOrDefault("content-type", "");
        return new Hijacked(connection.wire(), connection.rest(), connection.output(), contentType);
    }

    private void agreeIfBodyCannotRepeat(Request request) throws IOException {
        if (!isAgreed && request.body() instanceof Request.Body.Streamed) {
            ping();
        }
    }

    /**
     * Asks {@code /_ping} and agrees on a version.
     *
     * @param lowerCaseName of a header of the answer
     * @return its value; empty when it is absent
     */
    public String pingHeader(String lowerCaseName) throws IOException {
        return ping().getOrDefault(lowerCaseName, "");
    }

    private Map<String, String> ping() throws IOException {
        try (HttpConnection connection = connect()) {
            connection.send("HEAD", "/_ping", address.authority(), Map.of(), new byte[0]);
            connection.readHead("HEAD");
            String offered = connection.headers().getOrDefault("api-version", "");
            if (!isAgreed && !offered.isEmpty() && compareVersions(offered, apiVersion) < 0) {
                apiVersion = offered;
            }
            isAgreed = true;
            return Map.copyOf(connection.headers());
        }
    }

    private boolean agreeWith(String message) {
        int at = message.indexOf(TOO_NEW);
        if (at < 0) {
            return false;
        }
        apiVersion = message.substring(at + TOO_NEW.length()).strip();
        isAgreed = true;
        return true;
    }

    private HttpConnection exchange(Request request, boolean hijacking) throws IOException {
        HttpConnection connection = connect();
        try {
            String target = request.target(apiVersion);
            // No type switch: javac makes them with invokedynamic, which an AOT cache does not hold.
            if (request.body() instanceof Request.Body.Streamed(Request.BodyWriter writer)) {
                OutputStream out =
                        connection.sendChunked(request.method(), target, address.authority(), request.headers());
                connection.upload(() -> {
                    writer.writeTo(out);
                    out.close();
                });
            } else {
                byte[] content = request.body() instanceof Request.Body.Text(String text)
                        ? text.getBytes(StandardCharsets.UTF_8)
                        : new byte[0];
                connection.send(request.method(), target, address.authority(), request.headers(), content);
            }
            connection.readHead(hijacking ? "HIJACK" : request.method());
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private HttpConnection connect() throws IOException {
        try {
            return new HttpConnection(address.connect());
        } catch (IOException e) {
            throw new DaemonUnreachable(address, e);
        }
    }

    private static Failure refusal(HttpConnection connection) throws IOException {
        try (connection) {
            String text = new String(connection.body().readNBytes(MAXIMUM_ERROR_BYTES), StandardCharsets.UTF_8).strip();
            String message = text;
            if (text.startsWith("{")) {
                message = JsonObject.of(Json.read(text)).text("message");
            }
            if (message.isEmpty()) {
                message = "request returned " + connection.status() + " without a message; check the daemon's log";
            }
            return new Failure(kindOf(connection.status()), message);
        }
    }

    private static Failure.Kind kindOf(int status) {
        return switch (status) {
            case 400 -> Failure.Kind.INVALID;
            case 401 -> Failure.Kind.UNAUTHORIZED;
            case 403 -> Failure.Kind.FORBIDDEN;
            case 404 -> Failure.Kind.NOT_FOUND;
            case 409 -> Failure.Kind.CONFLICT;
            case 501 -> Failure.Kind.NOT_IMPLEMENTED;
            case 503 -> Failure.Kind.UNAVAILABLE;
            default -> Failure.Kind.INTERNAL;
        };
    }

    /** Compares {@code 1.44} with {@code 1.9} by their numbers. */
    static int compareVersions(String a, String b) {
        int dotA = a.indexOf('.');
        int dotB = b.indexOf('.');
        try {
            int major = Integer.compare(
                    Integer.parseInt(a.substring(0, Math.max(0, dotA))),
                    Integer.parseInt(b.substring(0, Math.max(0, dotB))));
            return major != 0
                    ? major
                    : Integer.compare(Integer.parseInt(a.substring(dotA + 1)), Integer.parseInt(b.substring(dotB + 1)));
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "API version " + a + " or " + b + " is not MAJOR.MINOR", e);
        }
    }
}
