package dev.priok.logs.internal;

import dev.priok.logs.Attachment;
import dev.priok.logs.LogStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The queue behind an {@link Attachment}. */
public final class AttachmentQueue implements Attachment {
    private final boolean stdout;
    private final boolean stderr;
    private final WhenFull whenFull;
    private final Runnable changed;
    private final Consumer<AttachmentQueue> closed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private long waitingBytes;
    private boolean ended;
    private boolean overrun;

    /**
     * Makes an empty queue.
     *
     * @param changed run when there is room again after there was none, and at the end
     * @param closed told when the holder lets go or is cut off
     */
    public AttachmentQueue(
            boolean stdout, boolean stderr, WhenFull whenFull, Runnable changed, Consumer<AttachmentQueue> closed) {
        this.stdout = stdout;
        this.stderr = stderr;
        this.whenFull = whenFull;
        this.changed = changed;
        this.closed = closed;
    }

    /** Puts bytes in, or ends the attachment when they are too many and it may not block. */
    public void offer(Chunk chunk) {
        if (!(chunk.stream() == LogStream.STDOUT ? stdout : stderr)) {
            return;
        }
        boolean cutOff = false;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            boolean tooMuch = waitingBytes + chunk.bytes().length > MAXIMUM_WAITING_BYTES;
            if (tooMuch && whenFull == WhenFull.DISCONNECT) {
                overrun = true;
                ended = true;
                cutOff = true;
            } else {
                chunks.add(chunk);
                waitingBytes += chunk.bytes().length;
            }
            filled.signal();
        } finally {
            lock.unlock();
        }
        if (cutOff) {
            closed.accept(this);
        }
    }

    /** Whether it is full and its holder must not miss anything. */
    public boolean holdsUp() {
        lock.lock();
        try {
            return whenFull == WhenFull.BLOCK && !ended && waitingBytes >= MAXIMUM_WAITING_BYTES;
        } finally {
            lock.unlock();
        }
    }

    /** No more will come. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Chunk> next() throws InterruptedException {
        boolean room;
        Chunk chunk;
        lock.lockInterruptibly();
        try {
            while (chunks.isEmpty() && !ended) {
                filled.await();
            }
            if (chunks.isEmpty()) {
                return Optional.empty();
            }
            chunk = chunks.remove();
            boolean full = waitingBytes >= MAXIMUM_WAITING_BYTES;
            waitingBytes -= chunk.bytes().length;
            room = full && waitingBytes < MAXIMUM_WAITING_BYTES;
        } finally {
            lock.unlock();
        }
        if (room) {
            changed.run();
        }
        return Optional.of(chunk);
    }

    @Override
    public End reason() {
        lock.lock();
        try {
            return overrun ? End.OVERRUN : End.ENDED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            ended = true;
            chunks.clear();
            waitingBytes = 0;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
        closed.accept(this);
        changed.run();
    }
}
