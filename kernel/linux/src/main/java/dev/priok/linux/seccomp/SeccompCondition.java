package dev.priok.linux.seccomp;

/**
 * A test of one argument of a call; numbers are unsigned.
 *
 * @param index which argument, 0 to 5
 * @param value what it is compared with; for {@code MASKED_EQUAL} the mask
 * @param second for {@code MASKED_EQUAL} what the masked argument must be; else unused
 */
public record SeccompCondition(int index, Operator operator, long value, long second) {
    private static final int ARGUMENTS = 6;

    /** How the argument is compared. */
    public enum Operator {
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        EQUAL,
        GREATER_OR_EQUAL,
        GREATER,
        MASKED_EQUAL
    }

    public SeccompCondition {
        if (index < 0 || index >= ARGUMENTS) {
            throw new IllegalArgumentException("system calls have arguments 0 to 5, not " + index);
        }
    }

    /** Whether {@code argument} passes; the meaning that compiled filters are tested against. */
    public boolean holds(long argument) {
        int order = Long.compareUnsigned(argument, value);
        return switch (operator) {
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case EQUAL -> order == 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case GREATER -> order > 0;
            case MASKED_EQUAL -> (argument & value) == second;
        };
    }

    /** The same test on a 32-bit argument. */
    SeccompCondition narrowed() {
        return new SeccompCondition(index, operator, value & 0xFFFFFFFFL, second & 0xFFFFFFFFL);
    }
}
