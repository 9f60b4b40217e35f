package dev.priok.linux;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor of this process. Whoever holds it closes it; {@link #release} hands the number over to
 * somebody else. Safe to close twice and from any thread; using it while another thread closes it is not.
 */
public final class Fd implements AutoCloseable {
    /** Stands for the current directory in calls that take a directory descriptor (AT_FDCWD, fcntl.h). */
    public static final int AT_FDCWD = -100;

    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of an open descriptor. */
    public static Fd of(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    /** The number, for the kernel. */
    public int number() {
        int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** Gives up ownership without closing, and returns the number. */
    public int release() {
        int n = number.getAndSet(CLOSED);
        if (n == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    /** A path that opens the same file again: {@code /proc/self/fd/N}. */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /** Duplicates this descriptor with close-on-exec set. */
    public Fd duplicate() throws IOException {
        return DescriptorCalls.host().duplicate(this);
    }

    @Override
    public void close() {
        int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            // Linux frees the number whatever close returns; a late write error was the writer's to see by fsync.
            long _ = Syscalls.host().call(Syscall.CLOSE, n);
        }
    }

    @Override
    public String toString() {
        int n = number.get();
        return n == CLOSED ? "fd(closed)" : "fd(" + n + ")";
    }
}
