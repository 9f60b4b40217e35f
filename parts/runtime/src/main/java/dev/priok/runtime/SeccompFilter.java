package dev.priok.runtime;

import java.util.Arrays;

/** A compiled filter of system calls: classic BPF ({@code struct sock_filter[]}, linux/filter.h) and the flags to install it with. */
public final class SeccompFilter {
    /** The kernel's own limit (BPF_MAXINSNS, linux/bpf_common.h). */
    public static final int MAXIMUM_INSTRUCTIONS = 4096;

    private static final int INSTRUCTION_BYTES = 8;

    private final byte[] program;
    private final int flags;

    private SeccompFilter(byte[] program, int flags) {
        this.program = program;
        this.flags = flags;
    }

    /**
     * A filter.
     *
     * @param program instructions of eight bytes in the machine's byte order
     * @param flags SECCOMP_FILTER_FLAG_ of linux/seccomp.h
     */
    public static SeccompFilter of(byte[] program, int flags) {
        int instructions = program.length / INSTRUCTION_BYTES;
        if (program.length % INSTRUCTION_BYTES != 0 || instructions == 0 || instructions > MAXIMUM_INSTRUCTIONS) {
            throw new IllegalArgumentException("not a filter: " + program.length + " bytes");
        }
        return new SeccompFilter(program.clone(), flags);
    }

    public byte[] program() {
        return program.clone();
    }

    public int instructions() {
        return program.length / INSTRUCTION_BYTES;
    }

    public int flags() {
        return flags;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SeccompFilter f && f.flags == flags && Arrays.equals(f.program, program);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(program) * 31 + flags;
    }
}
