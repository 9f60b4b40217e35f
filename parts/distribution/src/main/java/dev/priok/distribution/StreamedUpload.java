package dev.priok.distribution;

import dev.priok.core.Failure;
import dev.priok.distribution.internal.StreamedBlob;
import dev.priok.oci.image.Descriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob that is sent while it is made, before anybody knows its digest. Writing never fails because of the registry: whoever makes
 * the blob makes it for itself too, and sends it by {@link Repository#upload} when {@link #finish} says that it did not arrive.
 * For one thread.
 */
public final class StreamedUpload extends OutputStream {
    private static final Logger LOG = LoggerFactory.getLogger(StreamedUpload.class);

    private final StreamedBlob blob;
    private final LongConsumer sent;
    private long count;

    StreamedUpload(StreamedBlob blob, LongConsumer sent) {
        super();
        this.blob = blob;
        this.sent = sent;
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        blob.write(bytes, offset, length);
        count += length;
        sent.accept(count);
    }

    /**
     * Tells the registry what the bytes were.
     *
     * @return whether it has the blob now
     */
    public boolean finish(Descriptor made) throws IOException {
        try {
            blob.finish(made);
            return true;
        } catch (Failure e) {
            LOG.info("layer {} is sent again: {}", made.digest(), e.message());
            return false;
        }
    }

    /** Takes back what was not finished. */
    @Override
    public void close() {
        blob.close();
    }
}
