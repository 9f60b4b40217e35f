package dev.priok.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An epoll instance (epoll(7)); {@link #await} blocks an OS thread, so give it a platform thread. */
public final class Epoll extends Calls implements AutoCloseable {
    public static final int IN = 1;
    /** Something out of the ordinary, such as a control file whose text has changed. */
    public static final int PRI = 2;

    public static final int OUT = 4;
    public static final int ERR = 8;
    public static final int HUP = 0x10;
    public static final int RDHUP = 0x2000;
    public static final int ONESHOT = 1 << 30;

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int MODIFY = 3;
    private static final int MAXIMUM_EVENTS = 256;

    /** {@code struct epoll_event} is packed on x86-64 alone (linux/eventpoll.h). */
    private static final boolean PACKED = Architecture.current() == Architecture.X86_64;

    private static final int EVENT_BYTES = PACKED ? 12 : 16;
    private static final int DATA_OFFSET = PACKED ? 4 : 8;

    private final Fd epoll;
    private final ByteBuffer events =
            ByteBuffer.allocateDirect(MAXIMUM_EVENTS * EVENT_BYTES).order(ByteOrder.nativeOrder());

    public Epoll() throws IOException {
        super(Syscalls.host());
        epoll = open("epoll", Syscall.EPOLL_CREATE1, OpenFlag.CLOEXEC);
    }

    /** Told what became ready. */
    @FunctionalInterface
    public interface Ready {
        void ready(long key, int events) throws IOException;
    }

    /** Watches a descriptor; {@code key} comes back with each event. */
    public void add(Fd fd, int interest, long key) throws SyscallException {
        call(fd, Syscall.EPOLL_CTL, epoll, ADD, fd, event(interest, key));
    }

    public void modify(Fd fd, int interest, long key) throws SyscallException {
        call(fd, Syscall.EPOLL_CTL, epoll, MODIFY, fd, event(interest, key));
    }

    /** Watches another instance, which is readable while something in it is ready. */
    public void add(Epoll inner, int interest, long key) throws SyscallException {
        add(inner.epoll, interest, key);
    }

    /** Changes what of another instance is watched; 0 lets it rest. */
    public void modify(Epoll inner, int interest, long key) throws SyscallException {
        modify(inner.epoll, interest, key);
    }

    /** Stops watching; call it before the descriptor is closed. */
    public void remove(Fd fd) throws SyscallException {
        call(fd, Syscall.EPOLL_CTL, epoll, REMOVE, fd, event(0, 0));
    }

    private static byte[] event(int interest, long key) {
        ByteBuffer b = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
        b.putInt(0, interest);
        b.putLong(DATA_OFFSET, key);
        return b.array();
    }

    /** Waits up to {@code timeoutMillis} (-1: for ever) and hands over what is ready; one thread at a time. */
    public int await(int timeoutMillis, Ready ready) throws IOException {
        long n = sys.call(Syscall.EPOLL_PWAIT, epoll, events, MAXIMUM_EVENTS, timeoutMillis, 0, 8);
        if (n == -Errno.EINTR.code()) {
            return 0;
        }
        if (n < 0) {
            throw failed(Syscall.EPOLL_PWAIT, epoll, n);
        }
        for (int i = 0; i < n; i++) {
            ready.ready(events.getLong(i * EVENT_BYTES + DATA_OFFSET), events.getInt(i * EVENT_BYTES));
        }
        return (int) n;
    }

    @Override
    public void close() {
        epoll.close();
    }
}
