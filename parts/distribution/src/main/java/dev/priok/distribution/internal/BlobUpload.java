package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One blob on its way into a registry: at once when it is small, in pieces that are tried again one by one when it is large. */
public final class BlobUpload {
    /** No bytes; POST must say that there are none. */
    public static final Outgoing.Body NOTHING = body(new byte[0]);

    /** What a broken connection costs at most. */
    private static final long PIECE_BYTES = 64L << 20;

    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]+)");

    private final Endpoints endpoints;
    private final Session session;
    private final String path;
    private final Descriptor blob;
    private final Repository.Content content;
    private final LongConsumer sent;

    public BlobUpload(
            Endpoints endpoints,
            Session session,
            String path,
            Descriptor blob,
            Repository.Content content,
            LongConsumer sent) {
        this.endpoints = endpoints;
        this.session = session;
        this.path = path;
        this.blob = blob;
        this.content = content;
        this.sent = sent;
    }

    /** Bytes as a body. */
    public static Outgoing.Body body(byte[] bytes) {
        return new Outgoing.Body() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    public void run() throws IOException {
        URI location = begin(session, path, blob.digest());
        if (blob.size() > PIECE_BYTES) {
            location = sendPieces(location);
            finish(session, Outgoing.of("PUT", withDigest(location, blob)).with(NOTHING), blob);
        } else {
            Outgoing whole = Outgoing.of("PUT", withDigest(location, blob))
                    .with("Content-Type", "application/octet-stream")
                    .with(new Piece(0, blob.size()));
            finish(session, whole, blob);
        }
        sent.accept(blob.size());
    }

    /** Where to send what is called {@code what} when that fails. */
    static URI begin(Session session, String path, String what) throws IOException {
        Reply reply = session.send(Outgoing.of("POST", session.uri(path)).with(NOTHING));
        if (reply.status() != 202) {
            throw RegistryErrors.of(reply, "beginning the upload of " + what);
        }
        try (reply) {
            return location(reply);
        }
    }

    static URI location(Reply reply) {
        return reply.uri()
                .resolve(reply.header("Location")
                        .orElseThrow(() -> Failure.invalid("%s answers without a location", reply.uri())));
    }

    static URI withDigest(URI location, Descriptor blob) {
        return URI.create(location + (location.getRawQuery() == null ? "?" : "&") + "digest=" + blob.digest());
    }

    private URI sendPieces(URI begun) throws IOException {
        URI location = begun;
        long at = 0;
        Backoff backoff = new Backoff(endpoints.config().attempts());
        while (at < blob.size()) {
            long length = Math.min(PIECE_BYTES, blob.size() - at);
            Reply reply = session.send(Outgoing.of("PATCH", location)
                    .with("Content-Type", "application/octet-stream")
                    .with("Content-Range", at + "-" + (at + length - 1))
                    .with(new Piece(at, length)));
            if (reply.status() == 202) {
                try (reply) {
                    location = location(reply);
                    at += length;
                    backoff = new Backoff(endpoints.config().attempts());
                }
            } else {
                // 416: part of a piece arrived before the connection broke. Ask how far it got.
                Failure failure = RegistryErrors.of(reply, "uploading " + blob.digest());
                Optional<Duration> wait = reply.status() == 416 ? backoff.next(Optional.empty()) : Optional.empty();
                if (wait.isEmpty()) {
                    throw failure;
                }
                Backoff.sleep(wait.get());
                at = arrived(location);
            }
        }
        return location;
    }

    private long arrived(URI location) throws IOException {
        Reply reply = session.send(Outgoing.get(location));
        if (reply.status() != 204) {
            throw RegistryErrors.of(reply, "uploading " + blob.digest());
        }
        try (reply) {
            Matcher range = RANGE.matcher(reply.header("Range").orElse(""));
            return range.matches() ? Long.parseLong(range.group(1)) + 1 : 0;
        }
    }

    static void finish(Session session, Outgoing request, Descriptor blob) throws IOException {
        Reply reply = session.send(request);
        if (!reply.isSuccess()) {
            throw RegistryErrors.of(reply, "uploading " + blob.digest());
        }
        reply.close();
    }

    /** A part of the blob, which tells how much of it is read. */
    private final class Piece implements Outgoing.Body {
        private final long start;
        private final long length;

        Piece(long start, long length) {
            this.start = start;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public InputStream open() throws IOException {
            return new Counted(content.open(start));
        }

        private final class Counted extends FilterInputStream {
            private long read;

            Counted(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                if (read == length) {
                    return -1;
                }
                int n = in.read(bytes, offset, (int) Math.min(count, length - read));
                if (n > 0) {
                    read += n;
                    sent.accept(start + read);
                }
                return n;
            }
        }
    }
}
