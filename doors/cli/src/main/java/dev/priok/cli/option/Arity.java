package dev.priok.cli.option;

/**
 * How many arguments a command takes.
 *
 * @param minimum fewest
 * @param maximum most; {@link Integer#MAX_VALUE} for any number
 */
public record Arity(int minimum, int maximum) {
    public static final Arity NONE = new Arity(0, 0);
    public static final Arity ANY = new Arity(0, Integer.MAX_VALUE);

    public static Arity exactly(int count) {
        return new Arity(count, count);
    }

    public static Arity atLeast(int count) {
        return new Arity(count, Integer.MAX_VALUE);
    }

    public static Arity between(int minimum, int maximum) {
        return new Arity(minimum, maximum);
    }

    /** Whether there is no most. */
    public boolean isOpen() {
        return maximum == Integer.MAX_VALUE;
    }

    /** What is wrong with {@code count} arguments for the command {@code path}; empty when nothing is. */
    public String complaint(String path, int count) {
        if (count >= minimum && count <= maximum) {
            return "";
        }
        String subject = "'" + path + "' ";
        if (maximum == 0) {
            return subject + "accepts no arguments";
        }
        if (minimum == maximum) {
            return subject + "requires " + plural(minimum);
        }
        if (maximum == Integer.MAX_VALUE) {
            return subject + "requires at least " + plural(minimum);
        }
        if (minimum == 0) {
            return subject + "requires at most " + plural(maximum);
        }
        return subject + "requires at least " + minimum + " and at most " + plural(maximum);
    }

    private static String plural(int count) {
        return count + (count == 1 ? " argument" : " arguments");
    }
}
