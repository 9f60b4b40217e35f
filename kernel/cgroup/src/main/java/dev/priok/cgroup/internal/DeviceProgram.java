package dev.priok.cgroup.internal;

import dev.priok.cgroup.DeviceRule;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Turns device rules into a BPF program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}, which v2 asks at each access.
 *
 * <p>The program looks at the rules from the last to the first, and keeps in a register which of the asked accesses
 * (mknod, read, write) no rule has decided yet: a rule that denies one of them ends in "no", one that allows clears its
 * bits, and when none is left the answer is "yes". What no rule decides is denied.
 */
final class DeviceProgram {
    // Codes of linux/bpf.h and linux/bpf_common.h.
    private static final int LOAD_WORD = 0x61;
    private static final int AND = 0x57;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int MOVE_REGISTER = 0xbf;
    private static final int MOVE = 0xb7;
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int JUMP_IF_ANY_BIT = 0x45;
    private static final int JUMP_ALWAYS = 0x05;
    private static final int EXIT = 0x95;

    // BPF_DEVCG_ACC_* and BPF_DEVCG_DEV_* of linux/bpf.h.
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int ANY_ACCESS = MKNOD | READ | WRITE;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int UNDECIDED = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private static final int LENGTH_OF_ANSWER = 2;
    /** What a rule does once it applies: two instructions and an answer. */
    private static final int LENGTH_OF_ACTION = 2 + LENGTH_OF_ANSWER;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    private DeviceProgram() {}

    static byte[] of(List<DeviceRule> rules) {
        DeviceProgram program = new DeviceProgram();
        program.prologue();
        for (DeviceRule rule : rules.reversed()) {
            if (rule.coversEverything()) {
                // Nothing before it matters.
                program.answer(rule.allow());
                return program.code.toByteArray();
            }
            program.rule(rule);
        }
        program.answer(false);
        return program.code.toByteArray();
    }

    /** The context is three words: access (upper half) and type (lower half), major, minor. */
    private void prologue() {
        emit(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        emit(MOVE_REGISTER, UNDECIDED, TYPE, 0, 0);
        emit(AND, TYPE, 0, 0, 0xFFFF);
        emit(SHIFT_RIGHT, UNDECIDED, 0, 0, 16);
        emit(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        emit(LOAD_WORD, MINOR, CONTEXT, 8, 0);
    }

    private void rule(DeviceRule rule) {
        int access = access(rule.access());
        int tests = (rule.type() == DeviceRule.Type.ALL ? 0 : 1)
                + (rule.major().isPresent() ? 1 : 0)
                + (rule.minor().isPresent() ? 1 : 0);
        if (rule.type() != DeviceRule.Type.ALL) {
            int type = rule.type() == DeviceRule.Type.BLOCK ? BLOCK : CHARACTER;
            emit(JUMP_IF_NOT_EQUAL, TYPE, 0, --tests + LENGTH_OF_ACTION, type);
        }
        if (rule.major().isPresent()) {
            emit(
                    JUMP_IF_NOT_EQUAL,
                    MAJOR,
                    0,
                    --tests + LENGTH_OF_ACTION,
                    rule.major().getAsInt());
        }
        if (rule.minor().isPresent()) {
            emit(
                    JUMP_IF_NOT_EQUAL,
                    MINOR,
                    0,
                    --tests + LENGTH_OF_ACTION,
                    rule.minor().getAsInt());
        }
        if (rule.allow()) {
            emit(AND, UNDECIDED, 0, 0, ANY_ACCESS & ~access);
            emit(JUMP_IF_NOT_EQUAL, UNDECIDED, 0, LENGTH_OF_ANSWER, 0);
            answer(true);
        } else {
            emit(JUMP_IF_ANY_BIT, UNDECIDED, 0, 1, access);
            emit(JUMP_ALWAYS, 0, 0, LENGTH_OF_ANSWER, 0);
            answer(false);
        }
    }

    private void answer(boolean allow) {
        emit(MOVE, RESULT, 0, 0, allow ? 1 : 0);
        emit(EXIT, 0, 0, 0, 0);
    }

    private static int access(String letters) {
        return (letters.indexOf('m') >= 0 ? MKNOD : 0)
                | (letters.indexOf('r') >= 0 ? READ : 0)
                | (letters.indexOf('w') >= 0 ? WRITE : 0);
    }

    /** One {@code struct bpf_insn}: code, registers, offset, immediate. */
    private void emit(int operation, int destination, int source, int offset, int immediate) {
        code.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .put((byte) operation)
                .put((byte) (destination | source << 4))
                .putShort((short) offset)
                .putInt(immediate)
                .array());
    }
}
