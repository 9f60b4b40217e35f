package dev.priok.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/** Calls on processes: descriptors of them, signals, waiting, and what a thread may change of itself. */
public final class ProcessCalls extends Calls {
    private static final ProcessCalls HOST = new ProcessCalls(Syscalls.host());

    private static final int P_PIDFD = 3;
    private static final int WEXITED = 4;
    private static final int WNOHANG = 1;
    private static final int WALL = 0x40000000;

    public ProcessCalls(Syscalls sys) {
        super(sys);
    }

    public static ProcessCalls host() {
        return HOST;
    }

    /** A descriptor that stays the same process, close-on-exec; ESRCH when there is none of that number. */
    public Fd pidfdOpen(int pid) throws SyscallException {
        return open(pid, Syscall.PIDFD_OPEN, pid, 0);
    }

    /** Sends a signal; false when the process has ended. */
    public boolean signal(Fd pidfd, int signal) throws SyscallException {
        long result = raw(Syscall.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
        if (result == -Errno.ESRCH.code()) {
            return false;
        }
        if (result < 0) {
            throw failed(Syscall.PIDFD_SEND_SIGNAL, pidfd, result);
        }
        return true;
    }

    /** Copies a descriptor out of another process. */
    public Fd takeDescriptor(Fd pidfd, int number) throws SyscallException {
        return open(number, Syscall.PIDFD_GETFD, pidfd, number, 0);
    }

    /** Reaps a child of ours that has ended; empty while it runs. The status is as wait(2) encodes it. */
    public OptionalInt reap(Fd pidfd) throws SyscallException {
        byte[] info = new byte[128];
        call(pidfd, Syscall.WAITID, P_PIDFD, pidfd, info, WEXITED | WNOHANG | WALL, 0);
        ByteBuffer b = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
        if (b.getInt(0) == 0) {
            return OptionalInt.empty();
        }
        int code = b.getInt(8);
        int status = b.getInt(24);
        return OptionalInt.of(code == 1 ? status << 8 : status);
    }

    /** Joins namespaces: {@code flags} CLONE_NEW*, for this OS thread alone; only on a {@link OsThread}. */
    public void setns(Fd namespace, int flags) throws SyscallException {
        call(namespace, Syscall.SETNS, namespace, flags);
    }

    /** Leaves namespaces or shared state for this OS thread alone; only on a {@link OsThread}. */
    public void unshare(int flags) throws SyscallException {
        call(flags, Syscall.UNSHARE, flags);
    }

    /** This process's number. */
    public int pid() {
        return (int) raw(Syscall.GETPID);
    }
}
