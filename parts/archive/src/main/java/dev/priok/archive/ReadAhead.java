package dev.priok.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads a stream on a thread of its own, some blocks ahead of whoever reads this: decompressing and unpacking then go on at the
 * same time. Closing it stops the thread and closes the stream below. For one reading thread.
 */
public final class ReadAhead extends InputStream {
    private static final int BLOCK_BYTES = 256 << 10;
    /** Enough to even out the pace of the two sides; two megabytes at most. */
    private static final int BLOCKS = 8;

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(BLOCKS);
    /** Blocks that were read and may be filled again. */
    private final Queue<byte[]> spare = new ConcurrentLinkedQueue<>();

    private final InputStream in;
    private final Thread thread;
    private Piece current = new Data(new byte[0], 0);
    private int position;

    /** What the thread hands over. */
    private sealed interface Piece {}

    @SuppressWarnings("ArrayRecordComponent") // handed over whole, never compared
    private record Data(byte[] bytes, int length) implements Piece {}

    private record End() implements Piece {}

    private record Broken(Throwable cause) implements Piece {}

    public ReadAhead(InputStream in) {
        super();
        this.in = in;
        this.thread = Thread.ofPlatform().name("read-ahead").daemon().unstarted(this::fill);
        thread.start();
    }

    private void fill() {
        try {
            while (true) {
                byte[] used = spare.poll();
                byte[] block = used == null ? new byte[BLOCK_BYTES] : used;
                int n = in.readNBytes(block, 0, BLOCK_BYTES);
                if (n > 0) {
                    pieces.put(new Data(block, n));
                }
                if (n < BLOCK_BYTES) {
                    pieces.put(new End());
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            hand(new Broken(e));
        }
    }

    private void hand(Piece piece) {
        try {
            pieces.put(piece);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
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
        while (current instanceof Data data && position == data.length()) {
            current = take();
            if (data.length() > 0) {
                spare.add(data.bytes());
            }
            position = 0;
        }
        return switch (current) {
            case Data data -> {
                int n = Math.min(length, data.length() - position);
                System.arraycopy(data.bytes(), position, bytes, offset, n);
                position += n;
                yield n;
            }
            case End _ -> -1;
            case Broken broken -> throw rethrown(broken.cause());
        };
    }

    private static IOException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(cause.getMessage(), cause);
        };
    }

    private Piece take() throws IOException {
        try {
            return pieces.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading ahead");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        pieces.clear();
        in.close();
    }
}
