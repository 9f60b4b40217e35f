package dev.priok.logs.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has things done on a thread that waits for descriptors. */
final class Doorbell implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Doorbell.class);
    private static final DescriptorCalls CALLS = DescriptorCalls.host();

    private final DescriptorCalls.Pipe pipe;
    private final ByteBuffer ring = ByteBuffer.allocateDirect(1);
    private final ByteBuffer rings = ByteBuffer.allocateDirect(64);
    private final AtomicBoolean ringing = new AtomicBoolean();
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private volatile boolean deaf;

    /** Makes one that wakes whoever waits for {@code epoll}, with {@code key}. */
    Doorbell(Epoll epoll, long key) throws IOException {
        pipe = CALLS.pipe();
        try {
            CALLS.setNonBlocking(pipe.read(), true);
            CALLS.setNonBlocking(pipe.write(), true);
            epoll.add(pipe.read(), Epoll.IN, key);
        } catch (IOException e) {
            pipe.close();
            throw e;
        }
    }

    /** From any thread: the command will be run. */
    void post(Runnable command) {
        commands.add(command);
        if (ringing.compareAndSet(false, true)) {
            try {
                CALLS.write(pipe.write(), ring.duplicate());
            } catch (IOException | IllegalStateException e) {
                if (!deaf) {
                    LOG.error("waking the pump", e);
                }
            }
        }
    }

    /** The descriptor was ready. */
    void heard() throws IOException {
        rings.clear();
        CALLS.read(pipe.read(), rings);
    }

    boolean quiet() {
        return commands.isEmpty();
    }

    /** Runs what was posted. */
    void run() {
        ringing.set(false);
        Runnable command;
        while ((command = commands.poll()) != null) {
            command.run();
        }
    }

    /** Wakes the thread that is to end, and waits for it, whatever interrupts the caller. */
    void awaitEnd(Thread thread) {
        post(() -> {});
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread is about to end: nobody needs to be woken any more. */
    void leave() {
        deaf = true;
    }

    @Override
    public void close() {
        pipe.close();
    }
}
