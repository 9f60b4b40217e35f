package dev.priok.cgroup;

import java.util.OptionalInt;

/**
 * One line of a device policy; a later rule wins over an earlier one.
 *
 * @param allow false denies
 * @param major empty: any
 * @param minor empty: any
 * @param access some of {@code r}, {@code w}, {@code m} (mknod)
 */
public record DeviceRule(boolean allow, Type type, OptionalInt major, OptionalInt minor, String access) {
    /** Kinds of device nodes. */
    public enum Type {
        ALL('a'),
        CHARACTER('c'),
        BLOCK('b');

        private final char letter;

        Type(char letter) {
            this.letter = letter;
        }

        /** The letter in {@code devices.allow}. */
        public char letter() {
            return letter;
        }
    }

    public DeviceRule {
        if (access.isEmpty() || !access.matches("[rwm]{1,3}")) {
            throw new IllegalArgumentException("not an access of devices: " + access);
        }
    }

    /** Everything is allowed: what a privileged process gets. */
    public static final DeviceRule ALLOW_ALL =
            new DeviceRule(true, Type.ALL, OptionalInt.empty(), OptionalInt.empty(), "rwm");

    /** Nothing is allowed; later rules take exceptions from it. */
    public static final DeviceRule DENY_ALL =
            new DeviceRule(false, Type.ALL, OptionalInt.empty(), OptionalInt.empty(), "rwm");

    /** Allows one device node. */
    public static DeviceRule allow(Type type, int major, int minor, String access) {
        return new DeviceRule(true, type, OptionalInt.of(major), OptionalInt.of(minor), access);
    }

    /** True when it covers every device and every access. */
    public boolean coversEverything() {
        return type == Type.ALL && major.isEmpty() && minor.isEmpty() && access.length() == 3;
    }

    /** The line of v1's {@code devices.allow} and {@code devices.deny}, such as {@code c 1:3 rwm}. */
    public String v1Line() {
        return type.letter() + " " + text(major) + ":" + text(minor) + " " + access;
    }

    private static String text(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "*";
    }
}
