package dev.priok.linux;

/** Flags of open(2), from {@code asm-generic/fcntl.h} where both architectures agree, per architecture elsewhere. */
public final class OpenFlag {
    public static final int RDONLY = 0;
    public static final int WRONLY = 1;
    public static final int RDWR = 2;
    public static final int CREAT = 0x40;
    public static final int EXCL = 0x80;
    public static final int NOCTTY = 0x100;
    public static final int TRUNC = 0x200;
    public static final int APPEND = 0x400;
    public static final int NONBLOCK = 0x800;
    public static final int CLOEXEC = 0x80000;
    public static final int PATH = 0x200000;

    private static final boolean ARM = Architecture.current() == Architecture.AARCH64;

    /** Fails unless the file is a directory; the number differs on ARM. */
    public static final int DIRECTORY = ARM ? 0x4000 : 0x10000;

    /** Fails if the last part is a symbolic link; the number differs on ARM. */
    public static final int NOFOLLOW = ARM ? 0x8000 : 0x20000;

    private OpenFlag() {}
}
