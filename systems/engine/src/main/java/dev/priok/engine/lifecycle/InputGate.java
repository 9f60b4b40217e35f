package dev.priok.engine.lifecycle;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import dev.priok.linux.TerminalCalls;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way to a process's standard input or terminal, over all runs of a container. Input that comes before the first run waits
 * for it. It works on duplicates, so that nobody closes a descriptor under it.
 */
final class InputGate {
    /** A full pipe is tried again after this long, then after twice as long, up to the longest. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private @Nullable Fd input;
    private boolean terminal;
    private boolean ended;

    /** A run begins. */
    void open(RuntimeProcess process) throws IOException {
        Optional<Fd> source = process.terminal().isPresent() ? process.terminal() : process.stdin();
        lock.lock();
        try {
            closeInput();
            ended = source.isEmpty();
            if (source.isPresent()) {
                Fd copy = DescriptorCalls.host().duplicate(source.get());
                DescriptorCalls.host().setNonBlocking(copy, true);
                terminal = process.terminal().isPresent();
                input = copy;
            }
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A run ended, or its input was closed: what comes now is dropped, until the next run. */
    void close() {
        lock.lock();
        try {
            closeInput();
            ended = true;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A next run may come: input waits for it again. */
    void reset() {
        lock.lock();
        try {
            ended = false;
        } finally {
            lock.unlock();
        }
    }

    private void closeInput() {
        if (input != null) {
            input.close();
            input = null;
        }
    }

    /** Writes all, waiting while the process does not read; false when there is nobody to read. */
    boolean write(byte[] bytes, int offset, int length, Session stopper) throws IOException, InterruptedException {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(length).put(bytes, offset, length).flip();
        long pauseNanos = FIRST_PAUSE.toNanos();
        lock.lockInterruptibly();
        try {
            while (buffer.hasRemaining()) {
                while (input == null && !ended && !stopper.stopped()) {
                    // Wakes now and then to see whether the session was closed.
                    long _ = opened.awaitNanos(LONGEST_PAUSE.toNanos() * 10);
                }
                Fd target = input;
                if (target == null || stopper.stopped()) {
                    return false;
                }
                if (!writeSome(target, buffer)) {
                    long _ = opened.awaitNanos(pauseNanos);
                    pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE.toNanos());
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** False when it would block. */
    private boolean writeSome(Fd target, ByteBuffer buffer) throws IOException {
        try {
            return DescriptorCalls.host().write(target, buffer) >= 0;
        } catch (SyscallException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.EIO) {
                buffer.position(buffer.limit());
                closeInput();
                ended = true;
                return true;
            }
            throw e;
        }
    }

    /** Changes the size of the terminal; false when there is none now. */
    boolean resize(int height, int width) throws IOException {
        lock.lock();
        try {
            if (input == null || !terminal) {
                return false;
            }
            TerminalCalls.host().resize(input, new TerminalCalls.Size(height, width));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Tells a writer when to give up. */
    interface Session {
        boolean stopped();
    }
}
