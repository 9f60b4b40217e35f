package dev.priok.linux.seccomp;

import dev.priok.linux.Architecture;
import dev.priok.linux.Syscall;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The calling conventions that a filter can tell apart. */
public enum SeccompArchitecture {
    X86_64,
    /** 32-bit programs on x86-64. */
    I386,
    /** 64-bit x86 with 32-bit pointers; calls have bit 30 set, and some have numbers of their own. */
    X32,
    AARCH64;

    /** AUDIT_ARCH_I386 of linux/audit.h. */
    private static final int AUDIT_I386 = 0x40000003;

    /** __X32_SYSCALL_BIT of asm/unistd.h. */
    static final int X32_BIT = 0x40000000;

    /** The calls that x32 numbers from 512 on in this order, from asm/unistd_x32.h. */
    private static final List<Syscall> X32_OWN = List.of(
            Syscall.RT_SIGACTION,
            Syscall.RT_SIGRETURN,
            Syscall.IOCTL,
            Syscall.READV,
            Syscall.WRITEV,
            Syscall.RECVFROM,
            Syscall.SENDMSG,
            Syscall.RECVMSG,
            Syscall.EXECVE,
            Syscall.PTRACE,
            Syscall.RT_SIGPENDING,
            Syscall.RT_SIGTIMEDWAIT,
            Syscall.RT_SIGQUEUEINFO,
            Syscall.SIGALTSTACK,
            Syscall.TIMER_CREATE,
            Syscall.MQ_NOTIFY,
            Syscall.KEXEC_LOAD,
            Syscall.WAITID,
            Syscall.SET_ROBUST_LIST,
            Syscall.GET_ROBUST_LIST,
            Syscall.VMSPLICE,
            Syscall.MOVE_PAGES,
            Syscall.PREADV,
            Syscall.PWRITEV,
            Syscall.RT_TGSIGQUEUEINFO,
            Syscall.RECVMMSG,
            Syscall.SENDMMSG,
            Syscall.PROCESS_VM_READV,
            Syscall.PROCESS_VM_WRITEV,
            Syscall.SETSOCKOPT,
            Syscall.GETSOCKOPT,
            Syscall.IO_SETUP,
            Syscall.IO_SUBMIT,
            Syscall.EXECVEAT,
            Syscall.PREADV2,
            Syscall.PWRITEV2);

    private static final int X32_FIRST_OWN = 512;
    private static final Map<Syscall, Integer> X32_NUMBERS = new EnumMap<>(Syscall.class);

    static {
        for (int i = 0; i < X32_OWN.size(); i++) {
            X32_NUMBERS.put(X32_OWN.get(i), X32_FIRST_OWN + i);
        }
    }

    /** The convention itself and those of 32-bit programs that the same kernel runs. */
    public static List<SeccompArchitecture> all(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> List.of(X86_64, I386, X32);
            case AARCH64 -> List.of(AARCH64);
        };
    }

    /** What the kernel puts into {@code seccomp_data.arch}; x32 shares that of x86-64. */
    public int auditNumber() {
        return switch (this) {
            case X86_64, X32 -> Architecture.X86_64.auditNumber();
            case I386 -> AUDIT_I386;
            case AARCH64 -> Architecture.AARCH64.auditNumber();
        };
    }

    /** True when arguments are 32 bits wide. */
    boolean isNarrow() {
        return this == I386;
    }

    /** What the kernel puts into {@code seccomp_data.nr} for a call; empty where the convention lacks it. */
    public OptionalInt number(Syscall call) {
        int number = switch (this) {
            case X86_64 -> call.number(Architecture.X86_64);
            case I386 -> call.i386Number();
            case AARCH64 -> call.number(Architecture.AARCH64);
            case X32 -> x32Number(call);
        };
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static int x32Number(Syscall call) {
        int number = X32_NUMBERS.getOrDefault(call, call.number(Architecture.X86_64));
        return number < 0 ? number : number | X32_BIT;
    }
}
