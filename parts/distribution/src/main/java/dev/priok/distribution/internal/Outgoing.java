package dev.priok.distribution.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request that can be sent again: its body is opened anew each time.
 *
 * @param method such as {@code GET}
 * @param uri where
 * @param headers beside those that HTTP itself needs
 * @param body what is sent along
 * @param within how long to wait for the beginning of the answer; as long as the connection lives when empty
 */
public record Outgoing(
        String method, URI uri, Map<String, String> headers, Optional<Body> body, Optional<Duration> within) {
    public Outgoing {
        headers = Map.copyOf(headers);
    }

    /** Bytes to send. */
    public interface Body {
        /** Bytes; negative when nobody knows yet. */
        long length();

        /** The bytes from their beginning, each time. */
        InputStream open() throws IOException;

        /** Whether it can be opened more than once, and so be sent again when something broke. */
        default boolean isRepeatable() {
            return true;
        }
    }

    public static Outgoing get(URI uri) {
        return new Outgoing("GET", uri, Map.of(), Optional.empty(), Optional.empty());
    }

    public static Outgoing of(String method, URI uri) {
        return new Outgoing(method, uri, Map.of(), Optional.empty(), Optional.empty());
    }

    public Outgoing with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Outgoing(method, uri, more, body, within);
    }

    public Outgoing without(String name) {
        Map<String, String> fewer = new LinkedHashMap<>(headers);
        fewer.remove(name);
        return new Outgoing(method, uri, fewer, body, within);
    }

    public Outgoing with(Body content) {
        return new Outgoing(method, uri, headers, Optional.of(content), within);
    }

    public Outgoing to(URI other) {
        return new Outgoing(method, other, headers, body, within);
    }

    public Outgoing within(Duration longest) {
        return new Outgoing(method, uri, headers, body, Optional.of(longest));
    }

    boolean isRepeatable() {
        return body.map(Body::isRepeatable).orElse(true);
    }

    public Outgoing asMethod(String other) {
        return new Outgoing(other, uri, headers, body, within);
    }
}
