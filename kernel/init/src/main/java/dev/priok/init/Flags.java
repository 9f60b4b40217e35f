package dev.priok.init;

import dev.priok.linux.OpenFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Flags by their names in the kernel's headers, for printing. */
final class Flags {
    private record Name(long bit, String name) {}

    private static final List<Name> OPEN = List.of(
            new Name(OpenFlag.WRONLY, "O_WRONLY"),
            new Name(OpenFlag.RDWR, "O_RDWR"),
            new Name(OpenFlag.CREAT, "O_CREAT"),
            new Name(OpenFlag.EXCL, "O_EXCL"),
            new Name(OpenFlag.NOCTTY, "O_NOCTTY"),
            new Name(OpenFlag.TRUNC, "O_TRUNC"),
            new Name(OpenFlag.APPEND, "O_APPEND"),
            new Name(OpenFlag.NONBLOCK, "O_NONBLOCK"),
            new Name(OpenFlag.DIRECTORY, "O_DIRECTORY"),
            new Name(OpenFlag.NOFOLLOW, "O_NOFOLLOW"),
            new Name(OpenFlag.CLOEXEC, "O_CLOEXEC"),
            new Name(OpenFlag.PATH, "O_PATH"));

    private static final List<Name> RESOLVE = List.of(
            new Name(1, "RESOLVE_NO_XDEV"),
            new Name(2, "RESOLVE_NO_MAGICLINKS"),
            new Name(4, "RESOLVE_NO_SYMLINKS"),
            new Name(8, "RESOLVE_BENEATH"),
            new Name(0x10, "RESOLVE_IN_ROOT"));

    private static final List<Name> MOUNT_ATTRIBUTE = List.of(
            new Name(1, "RDONLY"),
            new Name(2, "NOSUID"),
            new Name(4, "NODEV"),
            new Name(8, "NOEXEC"),
            new Name(0x10, "NOATIME"),
            new Name(0x20, "STRICTATIME"),
            new Name(0x80, "NODIRATIME"),
            new Name(0x100000, "IDMAP"),
            new Name(0x200000, "NOSYMFOLLOW"));

    private static final List<Name> MOUNT = List.of(
            new Name(1, "MS_RDONLY"),
            new Name(2, "MS_NOSUID"),
            new Name(4, "MS_NODEV"),
            new Name(8, "MS_NOEXEC"),
            new Name(16, "MS_SYNCHRONOUS"),
            new Name(32, "MS_REMOUNT"),
            new Name(1024, "MS_NOATIME"),
            new Name(2048, "MS_NODIRATIME"),
            new Name(4096, "MS_BIND"),
            new Name(8192, "MS_MOVE"),
            new Name(16384, "MS_REC"),
            new Name(1 << 17, "MS_UNBINDABLE"),
            new Name(1 << 18, "MS_PRIVATE"),
            new Name(1 << 19, "MS_SLAVE"),
            new Name(1 << 20, "MS_SHARED"),
            new Name(1 << 21, "MS_RELATIME"),
            new Name(1 << 24, "MS_STRICTATIME"));

    private static final List<Name> CLONE = List.of(
            new Name(0x80, "CLONE_NEWTIME"),
            new Name(0x1000, "CLONE_PIDFD"),
            new Name(0x4000, "CLONE_VFORK"),
            new Name(0x20000, "CLONE_NEWNS"),
            new Name(0x2000000, "CLONE_NEWCGROUP"),
            new Name(0x4000000, "CLONE_NEWUTS"),
            new Name(0x8000000, "CLONE_NEWIPC"),
            new Name(0x10000000, "CLONE_NEWUSER"),
            new Name(0x20000000, "CLONE_NEWPID"),
            new Name(0x40000000, "CLONE_NEWNET"),
            new Name(1L << 33, "CLONE_INTO_CGROUP"));

    private Flags() {}

    static Argument.Word word(long value, String shown) {
        return new Argument.Word(value, shown);
    }

    static Argument.Word word(long value, Supplier<String> shown) {
        return new Argument.Word(value, shown);
    }

    static Argument.Word mode(int mode) {
        return new Argument.Word(mode, () -> octal(mode));
    }

    static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }

    static String open(int flags) {
        return names(flags, OPEN, "O_RDONLY");
    }

    static String resolve(int flags) {
        return names(flags, RESOLVE, "0");
    }

    static String mountAttributes(int flags) {
        return names(flags, MOUNT_ATTRIBUTE, "0");
    }

    static String mount(long flags) {
        return names(flags, MOUNT, "0");
    }

    static String clone(long flags) {
        return names(flags, CLONE, "0");
    }

    private static String names(long flags, List<Name> names, String none) {
        List<String> found = new ArrayList<>();
        long rest = flags;
        for (Name name : names) {
            if ((rest & name.bit()) != 0) {
                found.add(name.name());
                rest &= ~name.bit();
            }
        }
        if (rest != 0) {
            found.add("0x" + Long.toHexString(rest));
        }
        return found.isEmpty() ? none : String.join("|", found);
    }
}
