package dev.priok.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import org.jspecify.annotations.Nullable;

/**
 * A body of unknown length in chunks, each a whole in one write. Jetty's own sends the end of a chunk with the next one, and
 * clients that read whole chunks (urllib3, so docker-py) would see every event one event late.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, section 7.1</a>
 */
final class ChunkedOutput extends OutputStream {
    private static final byte[] END_OF_CHUNK = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final EndPoint endPoint;
    private volatile byte @Nullable [] head;
    private boolean ended;

    /** Writes {@code head} before anything else. */
    ChunkedOutput(EndPoint endPoint, byte[] head) {
        this.endPoint = endPoint;
        this.head = head;
    }

    /** Whether anything went out. */
    boolean begun() {
        return head == null;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (ended) {
            throw new IOException("the answer has ended");
        }
        byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        send(takeHead(), ByteBuffer.wrap(size), ByteBuffer.wrap(buffer, offset, length), ByteBuffer.wrap(END_OF_CHUNK));
    }

    @Override
    public synchronized void flush() throws IOException {
        if (head != null) {
            send(takeHead());
        }
    }

    /** Sends the last chunk; the connection is free for the next request. */
    @Override
    public synchronized void close() throws IOException {
        if (!ended) {
            ended = true;
            send(takeHead(), ByteBuffer.wrap(LAST_CHUNK));
        }
    }

    private ByteBuffer takeHead() {
        byte[] first = head;
        head = null;
        return ByteBuffer.wrap(first == null ? new byte[0] : first);
    }

    private void send(ByteBuffer... buffers) throws IOException {
        try (Blocker.Callback sent = Blocker.callback()) {
            endPoint.write(sent, buffers);
            sent.block();
        }
    }
}
