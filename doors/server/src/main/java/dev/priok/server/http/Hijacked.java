package dev.priok.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Objects;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection after HTTP: bytes both ways, each way with an end of its own. One thread may read while others write; each write
 * is whole. Closing wakes a blocked reader.
 */
public final class Hijacked implements AutoCloseable {
    private final EndPoint endPoint;
    private final InputStream input;
    private final Output output;

    private Hijacked(EndPoint endPoint, ByteBuffer early, byte[] head) {
        this.endPoint = endPoint;
        this.output = new Output(head);
        this.input = new Input(early);
    }

    /** Takes the connection from Jetty, with the bytes that came after the request; {@code head} goes out before all else. */
    static Hijacked take(EndPoint endPoint, byte[] head) {
        ByteBuffer early =
                endPoint.getConnection() instanceof Connection.UpgradeFrom http ? http.onUpgradeFrom() : null;
        return new Hijacked(endPoint, early == null ? BufferUtil.EMPTY_BUFFER : early, head);
    }

    /** What the client sends; ends when it closes its side. */
    public InputStream input() {
        return input;
    }

    /** Whether the client has its answer; until then there can be another one. */
    boolean begun() {
        return output.begun();
    }

    /**
     * What the client gets; every write goes out at once. The first one, or a flush, sends the answer's head too: output may be
     * produced before the client knows that it is attached, and still follows the head.
     */
    public OutputStream output() {
        return output;
    }

    /** Tells the client that no more output comes; its input may go on. */
    public void endOutput() {
        endPoint.shutdownOutput();
    }

    /**
     * Whether the client closed both ways, which reading alone cannot tell from the end of its input. Of a TCP connection this is
     * known only once the client's machine has answered something with a reset.
     */
    public boolean clientGone() throws IOException {
        EndPoint transport = endPoint;
        while (transport.getTransport() instanceof EndPoint inner) {
            transport = inner;
        }
        if (!endPoint.isOpen()) {
            return true;
        }
        if (!(transport.getTransport() instanceof SelectableChannel channel)) {
            return false;
        }
        try (Selector selector = channel.provider().openSelector()) {
            // Nothing makes a channel ready to be connected that is so already, but an error or a hang-up: poll tells
            // those unasked.
            var _ = channel.register(selector, SelectionKey.OP_CONNECT);
            return selector.selectNow() > 0;
        } catch (ClosedChannelException _) {
            return true;
        }
    }

    /** Ends the connection both ways. */
    @Override
    public void close() {
        endPoint.close();
    }

    private final class Input extends InputStream {
        private @Nullable ByteBuffer early;

        Input(ByteBuffer early) {
            this.early = early.hasRemaining() ? early : null;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            if (length == 0) {
                return 0;
            }
            ByteBuffer first = early;
            if (first != null) {
                int n = Math.min(length, first.remaining());
                first.get(buffer, offset, n);
                early = first.hasRemaining() ? first : null;
                return n;
            }
            // Jetty fills behind the limit of a buffer, so the slice starts empty.
            ByteBuffer target = ByteBuffer.wrap(buffer, offset, length).slice().limit(0);
            while (true) {
                int filled = endPoint.fill(target);
                if (filled > 0) {
                    return filled;
                }
                if (filled < 0) {
                    if (!endPoint.isOpen()) {
                        // Not the client's end of input: the connection was closed here.
                        throw new ClosedChannelException();
                    }
                    return -1;
                }
                try (Blocker.Callback readable = Blocker.callback()) {
                    endPoint.fillInterested(readable);
                    readable.block();
                }
            }
        }
    }

    private final class Output extends OutputStream {
        private volatile byte @Nullable [] head;

        Output(byte[] head) {
            this.head = head;
        }

        boolean begun() {
            return head == null;
        }

        @Override
        public synchronized void flush() throws IOException {
            send(BufferUtil.EMPTY_BUFFER);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] buffer, int offset, int length) throws IOException {
            send(ByteBuffer.wrap(buffer, offset, length));
        }

        /** The head goes out by itself: docker-py loses what it reads together with it. */
        private void send(ByteBuffer content) throws IOException {
            byte[] first = head;
            if (first != null) {
                head = null;
                put(ByteBuffer.wrap(first));
            }
            if (content.hasRemaining()) {
                put(content);
            }
        }

        private void put(ByteBuffer content) throws IOException {
            try (Blocker.Callback written = Blocker.callback()) {
                endPoint.write(written, content);
                written.block();
            }
        }
    }
}
