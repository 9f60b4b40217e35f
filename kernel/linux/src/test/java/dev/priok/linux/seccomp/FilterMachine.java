package dev.priok.linux.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs classic BPF as the kernel does for seccomp: a 32-bit accumulator, loads from {@code seccomp_data}, jumps forward. */
final class FilterMachine {
    private final ByteBuffer code;
    /** Instructions of the last run. */
    private int steps;

    FilterMachine(byte[] program) {
        code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
    }

    int steps() {
        return steps;
    }

    int length() {
        return code.capacity() / 8;
    }

    int run(int auditNumber, int number, long[] arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        data.putInt(number).putInt(auditNumber).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int accumulator = 0;
        int at = 0;
        steps = 0;
        while (true) {
            steps++;
            int operation = code.getShort(at * 8) & 0xFFFF;
            int then = code.get(at * 8 + 2) & 0xFF;
            int otherwise = code.get(at * 8 + 3) & 0xFF;
            int operand = code.getInt(at * 8 + 4);
            at++;
            int order = Integer.compareUnsigned(accumulator, operand);
            switch (operation) {
                case 0x20 -> accumulator = data.getInt(operand);
                case 0x54 -> accumulator &= operand;
                case 0x05 -> at += operand;
                case 0x15 -> at += order == 0 ? then : otherwise;
                case 0x25 -> at += order > 0 ? then : otherwise;
                case 0x35 -> at += order >= 0 ? then : otherwise;
                case 0x06 -> {
                    return operand;
                }
                default -> throw new AssertionError("no such operation: " + operation);
            }
        }
    }
}
