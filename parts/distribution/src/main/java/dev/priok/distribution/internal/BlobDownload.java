package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.oci.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bytes of a blob; connects again where a connection broke, as long as each one brings something or attempts are left. */
public final class BlobDownload extends InputStream {
    /** Slower than this many bytes in {@link #WINDOW_NANOS} is a connection to be given up, not a slow line. */
    private static final long FEWEST_BYTES = 1024;

    private static final long WINDOW_NANOS = 60_000_000_000L;

    private final Endpoints endpoints;
    private final List<Session> sessions;
    private final String path;
    private final Descriptor blob;
    private Backoff backoff;
    private int session;
    private long position;
    private @Nullable Reply reply;
    private long windowStart = System.nanoTime();
    private long windowBytes;

    public BlobDownload(Endpoints endpoints, List<Session> sessions, String path, Descriptor blob, long offset) {
        super();
        this.endpoints = endpoints;
        this.sessions = sessions;
        this.path = path;
        this.blob = blob;
        this.position = offset;
        this.backoff = new Backoff(endpoints.config().attempts());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position < blob.size()) {
            IOException broken;
            try {
                Reply open = reply;
                if (open == null) {
                    open = connect();
                    reply = open;
                }
                int n = open.body().read(bytes, offset, (int) Math.min(length, blob.size() - position));
                if (n > 0) {
                    count(n);
                    return n;
                }
                broken = new IOException("unexpected EOF");
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                broken = e;
            }
            again(broken);
        }
        return -1;
    }

    private void count(int n) throws IOException {
        position += n;
        windowBytes += n;
        long now = System.nanoTime();
        if (now - windowStart > WINDOW_NANOS) {
            boolean slow = windowBytes < FEWEST_BYTES;
            windowStart = now;
            windowBytes = 0;
            if (slow) {
                again(new IOException("less than %d bytes came in a minute".formatted(FEWEST_BYTES)));
            } else {
                // It goes on: what broke before does not count any more.
                backoff = new Backoff(endpoints.config().attempts());
            }
        }
    }

    private void again(IOException broken) throws IOException {
        end();
        Optional<Duration> wait = backoff.next(Optional.empty());
        if (wait.isEmpty()) {
            throw new Failure(
                    Failure.Kind.INTERNAL,
                    "downloading %s: broken off after %d of %d bytes, %d attempts: %s"
                            .formatted(
                                    blob.digest(),
                                    position,
                                    blob.size(),
                                    endpoints.config().attempts(),
                                    broken.getMessage()),
                    broken);
        }
        Backoff.sleep(wait.get());
    }

    private Reply connect() throws IOException {
        while (true) {
            Session at = sessions.get(session);
            try {
                return connect(at);
            } catch (Failure e) {
                if (session + 1 < sessions.size()) {
                    // A mirror that lacks it.
                    session++;
                } else if (e.kind() == Failure.Kind.NOT_FOUND && !blob.urls().isEmpty()) {
                    return elsewhere();
                } else {
                    throw e;
                }
            }
        }
    }

    private Reply connect(Session at) throws IOException {
        Outgoing request = Outgoing.get(at.uri(path));
        Reply opened = at.send(position > 0 ? request.with("Range", "bytes=" + position + "-") : request);
        return positioned(opened);
    }

    /** A layer that may not be stored in registries lies where its descriptor says. */
    private Reply elsewhere() throws IOException {
        URI uri = URI.create(blob.urls().getFirst());
        if (!"https".equals(uri.getScheme()) && !"http".equals(uri.getScheme())) {
            throw Failure.invalid("layer %s lies at %s, which is neither http nor https", blob.digest(), uri);
        }
        Reply opened = endpoints.get(uri);
        if (position > 0 && opened.isSuccess()) {
            opened.body().skipNBytes(position);
        }
        return opened.isSuccess() ? opened : failed(opened);
    }

    private Reply failed(Reply answer) throws IOException {
        throw RegistryErrors.of(answer, "downloading " + blob.digest());
    }

    private Reply positioned(Reply opened) throws IOException {
        if (opened.status() == 206 && position > 0) {
            String range = opened.header("Content-Range").orElse("");
            if (!range.startsWith("bytes " + position + "-")) {
                opened.close();
                throw Failure.invalid(
                        "downloading %s: asked for bytes from %d and got '%s'", blob.digest(), position, range);
            }
            return opened;
        }
        if (!opened.isSuccess()) {
            return failed(opened);
        }
        if (position > 0) {
            // It does not know ranges: what we have comes again.
            opened.body().skipNBytes(position);
        }
        return opened;
    }

    private void end() throws IOException {
        Reply open = reply;
        reply = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        end();
    }
}
