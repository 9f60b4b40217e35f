package dev.priok.linux;

import java.util.Locale;

/** What the groups of typed system calls share: repeating interrupted calls and turning errors into exceptions. */
abstract class Calls {
    /** Signals may interrupt a call again and again; past this many times something is wrong with the process. */
    private static final int MAXIMUM_INTERRUPTIONS = 10_000;

    final Syscalls sys;

    Calls(Syscalls sys) {
        this.sys = sys;
    }

    /** The result, repeating while interrupted; negated errno on failure. */
    final long raw(Syscall number, Object... arguments) {
        for (int i = 0; i < MAXIMUM_INTERRUPTIONS; i++) {
            long result = sys.call(number, arguments);
            if (result != -Errno.EINTR.code()) {
                return result;
            }
        }
        return -Errno.EINTR.code();
    }

    /** The result, or an exception that names the call and {@code object}. */
    final long call(Object object, Syscall number, Object... arguments) throws SyscallException {
        long result = raw(number, arguments);
        if (result < 0) {
            throw failed(number, object, result);
        }
        return result;
    }

    /** The descriptor that the call opens. */
    final Fd open(Object object, Syscall number, Object... arguments) throws SyscallException {
        return Fd.of((int) call(object, number, arguments));
    }

    static SyscallException failed(Syscall number, Object object, long result) {
        return new SyscallException(number.name().toLowerCase(Locale.ROOT) + " " + object, Errno.of((int) -result));
    }
}
