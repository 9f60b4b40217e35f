package dev.priok.build.solve;

/** The value of {@code --chmod}: octal, or symbolic as chmod(1) takes it. */
final class FileMode {
    private static final int SET_USER = 04000;
    private static final int SET_GROUP = 02000;
    private static final int STICKY = 01000;

    private final String text;

    /** A value that the planner has checked. */
    FileMode(String text) {
        this.text = text;
    }

    /** The permissions of a file that had {@code permissions} before. */
    int apply(int permissions, boolean directory) {
        if (Character.isDigit(text.charAt(0))) {
            return Integer.parseInt(text, 8);
        }
        int result = permissions;
        for (String clause : text.split(",")) {
            result = apply(clause, result, directory);
        }
        return result;
    }

    private static int apply(String clause, int permissions, boolean directory) {
        int at = 0;
        int who = 0;
        while ("ugoa".indexOf(clause.charAt(at)) >= 0) {
            who |= switch (clause.charAt(at)) {
                case 'u' -> SET_USER | 0700;
                case 'g' -> SET_GROUP | 0070;
                case 'o' -> 0007;
                default -> SET_USER | SET_GROUP | 0777;
            };
            at++;
        }
        int mask = (who == 0 ? SET_USER | SET_GROUP | 0777 : who) | STICKY;
        char operator = clause.charAt(at);
        int bits = 0;
        for (char c : clause.substring(at + 1).toCharArray()) {
            bits |= switch (c) {
                case 'r' -> 0444;
                case 'w' -> 0222;
                case 'x' -> 0111;
                case 'X' -> directory || (permissions & 0111) != 0 ? 0111 : 0;
                case 's' -> SET_USER | SET_GROUP;
                default -> STICKY;
            };
        }
        bits &= mask;
        return switch (operator) {
            case '+' -> permissions | bits;
            case '-' -> permissions & ~bits;
            default -> (permissions & ~mask & ~STICKY) | bits;
        };
    }
}
