package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.oci.image.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One blob on its way into a registry whose length and digest are known only at its end: one PATCH of chunks, then PUT. */
public final class StreamedBlob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamedBlob.class);

    private final Session session;
    private final URI begun;
    private final Conduit conduit = new Conduit();
    private final FutureTask<URI> sending = new FutureTask<>(this::send);
    private boolean finished;

    private StreamedBlob(Session session, URI begun) {
        this.session = session;
        this.begun = begun;
    }

    /** Begins one; a registry that refuses does so here. */
    public static StreamedBlob begin(Session session, String path) throws IOException {
        StreamedBlob blob = new StreamedBlob(session, BlobUpload.begin(session, path, "a layer"));
        Thread.ofPlatform().name("push-stream").daemon().start(blob.sending);
        return blob;
    }

    private URI send() throws IOException {
        try {
            Reply reply = session.send(Outgoing.of("PATCH", begun)
                    .with("Content-Type", "application/octet-stream")
                    .with(conduit));
            if (reply.status() != 202) {
                throw RegistryErrors.of(reply, "uploading a layer");
            }
            try (reply) {
                return BlobUpload.location(reply);
            }
        } finally {
            // Nobody takes anything any more.
            conduit.abandon();
        }
    }

    public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
        conduit.write(bytes, offset, length);
    }

    /**
     * Ends the blob.
     *
     * @throws Failure when the registry has it not; {@link #close} takes back what it has of it
     */
    public void finish(Descriptor made) throws IOException {
        conduit.end();
        try {
            BlobUpload.finish(
                    session,
                    Outgoing.of("PUT", BlobUpload.withDigest(sending.get(), made))
                            .with(BlobUpload.NOTHING),
                    made);
            finished = true;
        } catch (ExecutionException e) {
            throw new Failure(Failure.Kind.INTERNAL, "sending a layer while it was made: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("the push was cancelled");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        conduit.abandon();
        try {
            session.send(Outgoing.of("DELETE", begun)).close();
        } catch (IOException | Failure e) {
            LOG.debug("the upload {} stays until the registry forgets it", begun, e);
        }
    }
}
