package dev.priok.linux;

/** How openat2(2) may walk a path; values from {@code linux/openat2.h}. */
public final class Resolve {
    /** No mount point may be crossed. */
    public static final int NO_XDEV = 1;
    /** No {@code /proc/PID/fd}-like link may be followed. */
    public static final int NO_MAGICLINKS = 2;
    /** No symbolic link may be followed. */
    public static final int NO_SYMLINKS = 4;
    /** The path may not leave the directory; absolute links and {@code ..} above it are errors. */
    public static final int BENEATH = 8;
    /** The directory is the root for absolute links and {@code ..}. */
    public static final int IN_ROOT = 0x10;

    /** What every path inside a container's root file system takes. */
    public static final int INSIDE = IN_ROOT | NO_MAGICLINKS;

    /** What a part of a tree takes that links may not lead out of: they are errors then ({@code EXDEV}). */
    public static final int WITHIN = BENEATH | NO_MAGICLINKS;

    private Resolve() {}
}
