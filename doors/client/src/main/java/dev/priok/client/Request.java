package dev.priok.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call of the API, built step by step: {@code Request.post("/containers/create").query("name", "web").json(body)}.
 * Not thread-safe; may be sent once.
 */
public final class Request {
    /** Writes a body that is too big to hold, or that is made while it is sent. */
    @FunctionalInterface
    public interface BodyWriter {
        /** Writes everything; must not close {@code out}. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** What follows the headers. */
    sealed interface Body {
        record None() implements Body {}

        record Text(String content) implements Body {}

        record Streamed(BodyWriter writer) implements Body {}
    }

    private final String method;
    private final StringBuilder target;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Body body = new Body.None();
    private boolean hasQuery;
    private boolean isVersioned = true;

    private Request(String method, String path) {
        this.method = method;
        this.target = new StringBuilder(path);
    }

    public static Request get(String path) {
        return new Request("GET", path);
    }

    public static Request head(String path) {
        return new Request("HEAD", path);
    }

    public static Request post(String path) {
        return new Request("POST", path);
    }

    public static Request put(String path) {
        return new Request("PUT", path);
    }

    public static Request delete(String path) {
        return new Request("DELETE", path);
    }

    /** One segment of a path, escaped; slashes of image names stay, as the API wants them. */
    public static String segment(String name) {
        return escape(name).replace("%2F", "/").replace("%3A", ":");
    }

    /** Adds a parameter; may repeat a name. */
    public Request query(String name, String value) {
        target.append(hasQuery ? '&' : '?').append(name).append('=').append(escape(value));
        hasQuery = true;
        return this;
    }

    /** Adds {@code name=1} if {@code value} holds. */
    public Request queryIf(boolean value, String name) {
        return value ? query(name, "1") : this;
    }

    /** Adds a parameter unless its value is empty. */
    public Request queryUnlessEmpty(String name, String value) {
        return value.isEmpty() ? this : query(name, value);
    }

    /** Leaves the version out of the path: for calls that are no part of Docker's API. */
    public Request unversioned() {
        isVersioned = false;
        return this;
    }

    public Request header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sends a tree of maps, lists, strings, numbers and booleans as JSON. */
    public Request json(Object tree) {
        body = new Body.Text(Json.write(tree));
        return header("Content-Type", "application/json");
    }

    /** Sends a body of unknown length in chunks. */
    public Request stream(String contentType, BodyWriter writer) {
        body = new Body.Streamed(writer);
        return header("Content-Type", contentType);
    }

    String method() {
        return method;
    }

    String target(String version) {
        return isVersioned ? "/v" + version + target : target.toString();
    }

    Map<String, String> headers() {
        return headers;
    }

    Body body() {
        return body;
    }

    private static String escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '.';
            if (!plain) {
                return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
            }
        }
        return text;
    }
}
