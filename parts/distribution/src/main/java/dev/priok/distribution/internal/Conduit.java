package dev.priok.distribution.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A body that is sent while somebody makes it: a few buffers lie between the two, so that the slower sets the pace. Opened once. */
final class Conduit implements Outgoing.Body {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int BUFFERS = 8;
    /** How often somebody who waits looks whether the other side is still there. */
    private static final long LOOK_MILLIS = 200;

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(BUFFERS);
    private volatile boolean abandoned;
    private volatile boolean opened;

    /** What lies between: bytes, or none for the end. */
    @SuppressWarnings("ArrayRecordComponent") // handed over whole, never compared
    private record Piece(byte[] bytes, int length) {}

    Conduit() {
        for (int i = 0; i < BUFFERS; i++) {
            spare.add(new byte[BUFFER_BYTES]);
        }
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public InputStream open() throws IOException {
        if (opened) {
            throw new IOException("what was sent is gone");
        }
        opened = true;
        return new End();
    }

    /** Hands bytes on, waiting for room; they are dropped when nobody sends them any more. */
    void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
        int at = offset;
        int end = offset + length;
        while (at < end && !abandoned) {
            byte[] buffer = poll(spare);
            if (buffer != null) {
                int n = Math.min(end - at, buffer.length);
                System.arraycopy(bytes, at, buffer, 0, n);
                pieces.add(new Piece(buffer, n));
                at += n;
            }
        }
    }

    /** No more comes. */
    void end() {
        pieces.add(new Piece(new byte[0], 0));
    }

    /** Whoever is on the other side stops: a writer drops what it has, a reader fails. */
    void abandon() {
        abandoned = true;
    }

    private static <T> @Nullable T poll(BlockingQueue<T> queue) throws InterruptedIOException {
        try {
            return queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while sending");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Where the bytes come out. */
    private final class End extends InputStream {
        private Piece current = new Piece(new byte[0], -1);
        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (position >= current.length()) {
                if (current.length() == 0) {
                    return -1;
                }
                Piece next = poll(pieces);
                if (abandoned) {
                    throw new IOException("what is sent is not made any more");
                }
                if (next != null) {
                    current = next;
                    position = 0;
                    if (next.length() == 0) {
                        return -1;
                    }
                }
            }
            int n = Math.min(length, current.length() - position);
            System.arraycopy(current.bytes(), position, bytes, offset, n);
            position += n;
            if (position == current.length()) {
                spare.add(current.bytes());
                current = new Piece(new byte[0], -1);
                position = 0;
            }
            return n;
        }
    }
}
