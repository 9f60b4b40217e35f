package dev.priok.linux.seccomp;

import dev.priok.linux.seccomp.SeccompProfile.Alternative;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns a profile into the classic BPF program that seccomp(2) installs: an array of {@code struct sock_filter}.
 *
 * <p>Neighbouring numbers with the same answer become one range, and a binary tree finds the range of a call. The kernel
 * translates the program at each installation and runs it once per call number to fill its cache, so both length and depth
 * of the tree cost start-up time: a list of 1,600 comparisons takes 1 ms, this 0.1 ms.
 */
public final class SeccompCompiler {
    /** The kernel's own limit (BPF_MAXINSNS). */
    private static final int MAXIMUM_INSTRUCTIONS = 4096;

    static final int INSTRUCTION_BYTES = 8;

    /** Conditional jumps reach this far; beyond, a long jump helps. */
    private static final int LONGEST_JUMP = 255;

    // Offsets in struct seccomp_data.
    private static final int NUMBER_OFFSET = 0;
    private static final int ARCHITECTURE_OFFSET = 4;
    private static final int ARGUMENTS_OFFSET = 16;

    private final SeccompProfile profile;

    private SeccompCompiler(SeccompProfile profile) {
        this.profile = profile;
    }

    /**
     * The program, in this machine's byte order.
     *
     * @throws IllegalArgumentException when it is longer than the kernel takes
     */
    public static byte[] compile(SeccompProfile profile) {
        List<Instruction> code = new SeccompCompiler(profile).program();
        if (code.size() > MAXIMUM_INSTRUCTIONS) {
            throw new IllegalArgumentException("the seccomp profile needs %d instructions, the kernel takes %d"
                    .formatted(code.size(), MAXIMUM_INSTRUCTIONS));
        }
        ByteBuffer bytes = ByteBuffer.allocate(code.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        code.forEach(instruction -> instruction.write(bytes));
        return bytes.array();
    }

    private List<Instruction> program() {
        List<Instruction> code = new ArrayList<>();
        code.add(Instruction.load(ARCHITECTURE_OFFSET));
        for (int audit : profile.architectures().stream()
                .map(SeccompArchitecture::auditNumber)
                .distinct()
                .toList()) {
            List<Instruction> body = new ArrayList<>();
            body.add(Instruction.load(NUMBER_OFFSET));
            body.addAll(tree(ranges(audit), 0, ranges(audit).size()));
            if (body.size() <= LONGEST_JUMP) {
                code.add(Instruction.jumpIfEqual(audit, 0, body.size()));
            } else {
                code.add(Instruction.jumpIfEqual(audit, 1, 0));
                code.add(Instruction.jump(body.size()));
            }
            code.addAll(body);
        }
        code.add(Instruction.answer(SeccompProfile.UNKNOWN_ARCHITECTURE));
        return code;
    }

    /** What happens to all numbers from {@code first} up to the next range. */
    private record Range(int first, List<Alternative> alternatives, int otherwise) {
        boolean answersAs(Range other) {
            return alternatives.isEmpty() && other.alternatives.isEmpty() && otherwise == other.otherwise;
        }
    }

    /** The ranges of one audit number, from 0 on, in unsigned order. */
    private List<Range> ranges(int audit) {
        TreeMap<Integer, Range> byFirst = new TreeMap<>(Integer::compareUnsigned);
        int unknown = SeccompProfile.UNKNOWN_ARCHITECTURE;
        byFirst.put(0, new Range(0, List.of(), unknown));
        if (audit == SeccompArchitecture.X32.auditNumber()) {
            byFirst.put(SeccompArchitecture.X32_BIT, new Range(SeccompArchitecture.X32_BIT, List.of(), unknown));
        }
        for (SeccompArchitecture architecture : profile.architectures()) {
            if (architecture.auditNumber() == audit) {
                addRanges(byFirst, architecture);
            }
        }
        List<Range> merged = new ArrayList<>();
        for (Range range : byFirst.values()) {
            if (merged.isEmpty() || !merged.getLast().answersAs(range)) {
                merged.add(range);
            }
        }
        return merged;
    }

    private void addRanges(Map<Integer, Range> byFirst, SeccompArchitecture architecture) {
        int standard = profile.defaultAction().returnValue();
        int beyond = profile.hidesNewCalls() ? SeccompProfile.TOO_NEW : standard;
        Map<Integer, List<Alternative>> calls = profile.alternatives(architecture);
        int base = architecture == SeccompArchitecture.X32 ? SeccompArchitecture.X32_BIT : 0;
        byFirst.put(base, new Range(base, List.of(), standard));
        int newest = calls.keySet().stream().max(Integer::compareUnsigned).orElse(base);
        for (var call : calls.entrySet()) {
            int number = call.getKey();
            List<Alternative> alternatives = call.getValue();
            boolean simple = alternatives.getFirst().conditions().isEmpty();
            byFirst.put(
                    number,
                    simple
                            ? new Range(
                                    number, List.of(), alternatives.getFirst().result())
                            : new Range(number, alternatives, standard));
            int next = number + 1;
            if (!calls.containsKey(next)) {
                byFirst.put(next, new Range(next, List.of(), number == newest ? beyond : standard));
            }
        }
    }

    /** Finds the range that the number in the accumulator lies in. */
    private static List<Instruction> tree(List<Range> ranges, int from, int to) {
        if (to - from == 1) {
            return leaf(ranges.get(from));
        }
        int middle = (from + to) >>> 1;
        List<Instruction> left = tree(ranges, from, middle);
        List<Instruction> right = tree(ranges, middle, to);
        List<Instruction> code = new ArrayList<>();
        int boundary = ranges.get(middle).first();
        if (left.size() <= LONGEST_JUMP) {
            code.add(Instruction.jumpIfGreaterOrEqual(boundary, left.size(), 0));
        } else {
            code.add(Instruction.jumpIfGreaterOrEqual(boundary, 0, 1));
            code.add(Instruction.jump(left.size()));
        }
        code.addAll(left);
        code.addAll(right);
        return code;
    }

    private static List<Instruction> leaf(Range range) {
        List<Instruction> code = new ArrayList<>();
        for (Alternative alternative : range.alternatives()) {
            List<Instruction> answer = List.of(Instruction.answer(alternative.result()));
            // From the last condition to the first: what follows decides how far a failure must jump.
            List<Instruction> rest = answer;
            for (SeccompCondition condition : alternative.conditions().reversed()) {
                List<Instruction> longer = test(condition, rest.size());
                longer.addAll(rest);
                rest = longer;
            }
            code.addAll(rest);
        }
        code.add(Instruction.answer(range.otherwise()));
        return code;
    }

    /** Falls through when the condition holds, else skips {@code skip} instructions more; compares word by word. */
    private static List<Instruction> test(SeccompCondition condition, int skip) {
        int low =
                ARGUMENTS_OFFSET + 8 * condition.index() + (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 4);
        int high = low ^ 4;
        int valueHigh = (int) (condition.value() >>> 32);
        int valueLow = (int) condition.value();
        List<Instruction> code = new ArrayList<>();
        code.add(Instruction.load(high));
        switch (condition.operator()) {
            case EQUAL -> {
                code.add(Instruction.jumpIfEqual(valueHigh, 0, skip + 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfEqual(valueLow, 0, skip));
            }
            case NOT_EQUAL -> {
                code.add(Instruction.jumpIfEqual(valueHigh, 0, 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfEqual(valueLow, skip, 0));
            }
            case GREATER -> {
                code.add(Instruction.jumpIfGreater(valueHigh, 3, 0));
                code.add(Instruction.jumpIfEqual(valueHigh, 0, skip + 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfGreater(valueLow, 0, skip));
            }
            case GREATER_OR_EQUAL -> {
                code.add(Instruction.jumpIfGreater(valueHigh, 3, 0));
                code.add(Instruction.jumpIfEqual(valueHigh, 0, skip + 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfGreaterOrEqual(valueLow, 0, skip));
            }
            case LESS -> {
                code.add(Instruction.jumpIfGreater(valueHigh, skip + 3, 0));
                code.add(Instruction.jumpIfEqual(valueHigh, 0, 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfGreaterOrEqual(valueLow, skip, 0));
            }
            case LESS_OR_EQUAL -> {
                code.add(Instruction.jumpIfGreater(valueHigh, skip + 3, 0));
                code.add(Instruction.jumpIfEqual(valueHigh, 0, 2));
                code.add(Instruction.load(low));
                code.add(Instruction.jumpIfGreater(valueLow, skip, 0));
            }
            case MASKED_EQUAL -> {
                code.add(Instruction.and(valueHigh));
                code.add(Instruction.jumpIfEqual((int) (condition.second() >>> 32), 0, skip + 3));
                code.add(Instruction.load(low));
                code.add(Instruction.and(valueLow));
                code.add(Instruction.jumpIfEqual((int) condition.second(), 0, skip));
            }
        }
        return code;
    }

    /**
     * One {@code struct sock_filter}.
     *
     * @param then how far to jump when a comparison holds
     * @param otherwise how far to jump when it does not
     */
    private record Instruction(int code, int then, int otherwise, int operand) {
        // Codes of linux/bpf_common.h.
        private static final int LOAD_WORD = 0x20;
        private static final int AND = 0x54;
        private static final int JUMP = 0x05;
        private static final int JUMP_EQUAL = 0x15;
        private static final int JUMP_GREATER = 0x25;
        private static final int JUMP_GREATER_OR_EQUAL = 0x35;
        private static final int RETURN = 0x06;

        Instruction {
            if (then < 0 || then > LONGEST_JUMP || otherwise < 0 || otherwise > LONGEST_JUMP) {
                throw new IllegalArgumentException("a seccomp rule has too many conditions");
            }
        }

        static Instruction load(int offset) {
            return new Instruction(LOAD_WORD, 0, 0, offset);
        }

        static Instruction and(int mask) {
            return new Instruction(AND, 0, 0, mask);
        }

        static Instruction jump(int distance) {
            return new Instruction(JUMP, 0, 0, distance);
        }

        static Instruction jumpIfEqual(int value, int then, int otherwise) {
            return new Instruction(JUMP_EQUAL, then, otherwise, value);
        }

        static Instruction jumpIfGreater(int value, int then, int otherwise) {
            return new Instruction(JUMP_GREATER, then, otherwise, value);
        }

        static Instruction jumpIfGreaterOrEqual(int value, int then, int otherwise) {
            return new Instruction(JUMP_GREATER_OR_EQUAL, then, otherwise, value);
        }

        static Instruction answer(int value) {
            return new Instruction(RETURN, 0, 0, value);
        }

        void write(ByteBuffer bytes) {
            bytes.putShort((short) code).put((byte) then).put((byte) otherwise).putInt(operand);
        }
    }
}
