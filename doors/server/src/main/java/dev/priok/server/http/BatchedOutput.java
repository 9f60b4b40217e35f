package dev.priok.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Collects small writes while an earlier one is on its way, so that a burst costs few system calls and a single line is not
 * held back. Written by one thread; closing waits until everything is out, and leaves the target open.
 */
public final class BatchedOutput extends OutputStream {
    /** Above this a writer waits for the target; a client that reads slowly holds back its own log and nothing else. */
    private static final int MAX_PENDING_BYTES = 256 << 10;

    private final OutputStream target;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private byte[] pending = new byte[8 << 10];
    private int length;
    private boolean closed;
    private @Nullable IOException failure;

    /** Begins a batch for {@code target}. */
    public BatchedOutput(OutputStream target) {
        this.target = target;
        this.writer = Thread.ofVirtual().name("batched-output").start(this::drain);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int count) throws IOException {
        lock.lock();
        try {
            while (length >= MAX_PENDING_BYTES && failure == null) {
                changed.awaitUninterruptibly();
            }
            throwFailure();
            if (length + count > pending.length) {
                pending = Arrays.copyOf(pending, Math.max(length + count, pending.length * 2));
            }
            System.arraycopy(buffer, offset, pending, length, count);
            length += count;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException("the client is gone", cause);
        }
    }

    private void drain() {
        byte[] batch = new byte[0];
        while (true) {
            int count;
            lock.lock();
            try {
                while (length == 0 && !closed) {
                    changed.awaitUninterruptibly();
                }
                if (length == 0) {
                    return;
                }
                byte[] full = pending;
                count = length;
                pending = batch.length >= 8 << 10 ? batch : new byte[8 << 10];
                length = 0;
                batch = full;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            try {
                target.write(batch, 0, count);
            } catch (IOException e) {
                lock.lock();
                try {
                    failure = e;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the last output went out", e);
        }
        throwFailure();
    }
}
