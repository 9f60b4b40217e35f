package dev.priok.linux;

import dev.priok.linux.internal.NativeSyscalls;

/**
 * The seam to the kernel: one system call at a time. The real one is {@link #host()}; tests put a recording fake in its
 * place (RecordingSyscalls in this module's test jar).
 *
 * <p>An argument is one of
 * <ul>
 * <li>{@link Integer} or {@link Long}: the number itself;
 * <li>{@link Fd}: the descriptor's number;
 * <li>{@link String}: the address of the bytes of the text (UTF-8; see {@link dev.priok.core.PathText}) with a NUL behind;
 * <li>{@code byte[]}: the address of a copy, copied back after the call, so that the kernel may write into it;
 * <li>a direct {@link java.nio.ByteBuffer}: the address of its position, nothing copied.
 * </ul>
 */
public interface Syscalls {
    /** The kernel that this process runs on. */
    static Syscalls host() {
        return NativeSyscalls.INSTANCE;
    }

    /**
     * Makes the call on the calling OS thread and returns what the kernel returned: zero or more, or a negated
     * {@link Errno#code()}. Interrupted calls (EINTR) are not repeated.
     */
    long call(Syscall number, Object... arguments);
}
