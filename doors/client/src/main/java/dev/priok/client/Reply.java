package dev.priok.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A successful answer; owns its connection, so close it. */
public final class Reply implements Closeable {
    private final int status;
    private final Map<String, String> headers;
    private final InputStream body;
    private final Closeable connection;

    Reply(int status, Map<String, String> headers, InputStream body, Closeable connection) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.connection = connection;
    }

    public int status() {
        return status;
    }

    /** Value of a header by its name in lower case; empty when absent. */
    public String header(String lowerCaseName) {
        String value = headers.get(lowerCaseName);
        return value == null ? "" : value;
    }

    /** The decoded body; blocks while the daemon has nothing to say. */
    public InputStream body() {
        return body;
    }

    /** The whole body as a JSON tree; null when the body is empty or says null. */
    public @Nullable Object json() throws IOException {
        return Json.read(body);
    }

    /** The whole body as a JSON object; empty when there is none. */
    public JsonObject object() throws IOException {
        return JsonObject.of(json());
    }

    /** The whole body as text. */
    public String text() throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
