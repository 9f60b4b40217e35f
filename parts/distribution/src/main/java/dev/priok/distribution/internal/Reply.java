package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.http.HttpFields;

/** An answer whose body is still to be read; closing it gives the connection back or ends it. */
public final class Reply implements AutoCloseable {
    private final URI uri;
    private final int status;
    private final HttpFields headers;
    private final InputStream body;

    Reply(URI uri, int status, HttpFields headers, InputStream body) {
        this.uri = uri;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** Where it came from, after redirects. */
    public URI uri() {
        return uri;
    }

    public int status() {
        return status;
    }

    public boolean isSuccess() {
        return status / 100 == 2;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    HttpFields headers() {
        return headers;
    }

    public InputStream body() {
        return body;
    }

    /**
     * The whole body.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is longer than {@code limit}
     * @throws EOFException when the connection breaks before its end
     */
    public byte[] bytes(int limit) throws IOException {
        byte[] bytes;
        try {
            bytes = body.readNBytes(limit + 1);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (isOther(e)) {
                throw e;
            }
            // What Jetty says of it is the state of its connection, of several lines.
            EOFException broken = new EOFException("Get \"" + uri + "\": unexpected EOF");
            broken.initCause(e);
            throw broken;
        }
        if (bytes.length > limit) {
            throw Failure.invalid("%s answered more than %d bytes", uri, limit);
        }
        return bytes;
    }

    /** Whether it is not the connection that broke off. */
    private static boolean isOther(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
