package dev.priok.runtime;

import dev.priok.linux.Errno;
import dev.priok.linux.Syscall;
import dev.priok.linux.SyscallException;
import dev.priok.linux.Syscalls;

/** Makes files as another user: what is mapped for a user namespace can only be written by those who are mapped. */
public final class FileUser {
    // linux/prctl.h, linux/securebits.h
    private static final int PR_SET_SECUREBITS = 28;
    private static final int SECBIT_NO_SETUID_FIXUP = 1 << 2;

    private FileUser() {}

    /**
     * Makes files, from now on, as this user and group, with all capabilities as before; for the calling OS thread alone; only on a
     * {@link dev.priok.linux.OsThread}, which ends so.
     */
    public static void become(int uid, int gid) throws SyscallException {
        Syscalls sys = Syscalls.host();
        // Else the kernel takes capabilities for files from whoever is not root (capabilities(7)).
        long kept = sys.call(Syscall.PRCTL, PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
        if (kept < 0) {
            throw new SyscallException("prctl(PR_SET_SECUREBITS)", Errno.of((int) -kept));
        }
        // Both answer the former id, and no error.
        sys.call(Syscall.SETFSGID, gid);
        sys.call(Syscall.SETFSUID, uid);
    }
}
