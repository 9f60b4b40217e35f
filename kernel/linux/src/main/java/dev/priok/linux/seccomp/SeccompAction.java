package dev.priok.linux.seccomp;

/**
 * What happens to a call.
 *
 * @param kind which of the kernel's actions
 * @param data the error number of {@code ERRNO}, the message of {@code TRACE}; else 0
 */
public record SeccompAction(Kind kind, int data) {
    /** The kernel's actions (linux/seccomp.h). */
    public enum Kind {
        KILL_PROCESS(0x80000000),
        KILL_THREAD(0),
        TRAP(0x00030000),
        ERRNO(0x00050000),
        NOTIFY(0x7fc00000),
        TRACE(0x7ff00000),
        LOG(0x7ffc0000),
        ALLOW(0x7fff0000);

        private final int value;

        Kind(int value) {
            this.value = value;
        }
    }

    /** The kernel cuts larger error numbers down to this (MAX_ERRNO). */
    private static final int MAXIMUM_ERRNO = 4095;

    public static final SeccompAction ALLOW = new SeccompAction(Kind.ALLOW, 0);

    public SeccompAction {
        int most = kind == Kind.ERRNO ? MAXIMUM_ERRNO : 0xFFFF;
        if (data < 0 || data > most) {
            throw new IllegalArgumentException("data of a seccomp action: " + data);
        }
    }

    /** The call fails with this error number. */
    public static SeccompAction errno(int number) {
        return new SeccompAction(Kind.ERRNO, number);
    }

    /** What a filter returns for it. */
    public int returnValue() {
        return kind.value | data;
    }
}
