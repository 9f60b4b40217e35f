package dev.priok.linux;

import java.io.IOException;
import java.io.Serial;

/** A system call that failed: which, on what, and why. */
public final class SyscallException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Errno errno;

    /**
     * Names a failed call.
     *
     * @param call what was tried, such as {@code openat2 /etc/passwd}
     */
    public SyscallException(String call, Errno errno) {
        super(call + ": " + errno.message());
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
