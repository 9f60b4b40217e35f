package dev.priok.linux;

import java.util.Locale;

/** The processor architectures that Priok runs on. */
public enum Architecture {
    /** 64-bit x86; seccomp's AUDIT_ARCH_X86_64. */
    X86_64(0xC000003E),
    /** 64-bit ARM; seccomp's AUDIT_ARCH_AARCH64. */
    AARCH64(0xC00000B7);

    private static final Architecture CURRENT = detect();

    private final int auditNumber;

    Architecture(int auditNumber) {
        this.auditNumber = auditNumber;
    }

    /** The architecture of this process. */
    public static Architecture current() {
        return CURRENT;
    }

    /** The AUDIT_ARCH number that seccomp filters compare with (linux/audit.h). */
    public int auditNumber() {
        return auditNumber;
    }

    private static Architecture detect() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default -> throw new IllegalStateException("priok runs on x86-64 and aarch64, not on " + arch);
        };
    }
}
