package dev.priok.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Programs for control groups by bpf(2); all of it needs CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN. */
public final class BpfCalls extends Calls {
    private static final BpfCalls HOST = new BpfCalls(Syscalls.host());

    // Commands, types and flags of linux/bpf.h.
    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int PROG_DETACH = 9;
    private static final int PROG_GET_FD_BY_ID = 13;
    private static final int PROG_QUERY = 16;
    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int FLAG_ALLOW_MULTI = 2;

    private static final int ATTRIBUTE_BYTES = 120;
    private static final int INSTRUCTION_BYTES = 8;
    /** The kernel's own limit on programs attached to one group (BPF_CGROUP_MAX_PROGS). */
    private static final int MAXIMUM_PROGRAMS = 64;

    public BpfCalls(Syscalls sys) {
        super(sys);
    }

    public static BpfCalls host() {
        return HOST;
    }

    /** Loads a program that decides on access to devices; the kernel verifies it. The descriptor keeps it alive. */
    public Fd loadDeviceProgram(byte[] instructions) throws SyscallException {
        ByteBuffer code = direct(instructions.length).put(instructions).flip();
        // Only programs that call helpers marked so must be under the GPL; ours calls none.
        ByteBuffer license = direct(16).put("Apache-2.0\0".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer attribute = direct(ATTRIBUTE_BYTES)
                .putInt(0, TYPE_CGROUP_DEVICE)
                .putInt(4, instructions.length / INSTRUCTION_BYTES)
                .putLong(8, address(code))
                .putLong(16, address(license));
        try {
            return open("device program", Syscall.BPF, PROG_LOAD, attribute, ATTRIBUTE_BYTES);
        } finally {
            Reference.reachabilityFence(code);
            Reference.reachabilityFence(license);
        }
    }

    /** Adds a device program to a v2 group: access must be allowed by all that are attached here and above. */
    public void attachDeviceProgram(Fd group, Fd program) throws SyscallException {
        ByteBuffer attribute = direct(ATTRIBUTE_BYTES)
                .putInt(0, group.number())
                .putInt(4, program.number())
                .putInt(8, ATTACH_CGROUP_DEVICE)
                .putInt(12, FLAG_ALLOW_MULTI);
        call("device program", Syscall.BPF, PROG_ATTACH, attribute, ATTRIBUTE_BYTES);
    }

    /** The ids of the device programs that are attached to a v2 group itself. */
    public List<Integer> devicePrograms(Fd group) throws SyscallException {
        ByteBuffer ids = direct(MAXIMUM_PROGRAMS * 4);
        ByteBuffer attribute = direct(ATTRIBUTE_BYTES)
                .putInt(0, group.number())
                .putInt(4, ATTACH_CGROUP_DEVICE)
                .putLong(16, address(ids))
                .putInt(24, MAXIMUM_PROGRAMS);
        try {
            call("device programs", Syscall.BPF, PROG_QUERY, attribute, ATTRIBUTE_BYTES);
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < attribute.getInt(24); i++) {
                found.add(ids.getInt(i * 4));
            }
            return found;
        } finally {
            Reference.reachabilityFence(ids);
        }
    }

    /** Takes a device program off a v2 group. */
    public void detachDeviceProgram(Fd group, int id) throws SyscallException {
        try (Fd program = open(
                "program " + id,
                Syscall.BPF,
                PROG_GET_FD_BY_ID,
                direct(ATTRIBUTE_BYTES).putInt(0, id),
                ATTRIBUTE_BYTES)) {
            ByteBuffer attribute = direct(ATTRIBUTE_BYTES)
                    .putInt(0, group.number())
                    .putInt(4, program.number())
                    .putInt(8, ATTACH_CGROUP_DEVICE);
            call("program " + id, Syscall.BPF, PROG_DETACH, attribute, ATTRIBUTE_BYTES);
        }
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static long address(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer).address();
    }
}
