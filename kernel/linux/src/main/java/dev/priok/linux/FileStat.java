package dev.priok.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) tells of a file.
 *
 * @param mode type and permission bits
 * @param uid owner
 * @param gid group
 * @param size in bytes
 * @param inode number inside the file system
 * @param links number of hard links
 * @param blocks number of 512-byte blocks in use
 * @param modifiedSeconds modification time, seconds since 1970
 * @param modifiedNanos and nanoseconds
 * @param changedSeconds change time of the inode, seconds since 1970
 * @param changedNanos and nanoseconds
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 * @param fileSystem device of the file system that holds it: major &lt;&lt; 32 | minor
 */
public record FileStat(
        int mode,
        int uid,
        int gid,
        long size,
        long inode,
        int links,
        long blocks,
        long modifiedSeconds,
        int modifiedNanos,
        long changedSeconds,
        int changedNanos,
        int deviceMajor,
        int deviceMinor,
        long fileSystem) {
    public static final int TYPE_MASK = 0xF000;
    public static final int FIFO = 0x1000;
    public static final int CHARACTER_DEVICE = 0x2000;
    public static final int DIRECTORY = 0x4000;
    public static final int BLOCK_DEVICE = 0x6000;
    public static final int REGULAR = 0x8000;
    public static final int SYMBOLIC_LINK = 0xA000;
    public static final int SOCKET = 0xC000;

    static final int BYTES = 256;

    /** Reads {@code struct statx} (linux/stat.h). */
    static FileStat of(byte[] statx) {
        ByteBuffer b = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        return new FileStat(
                b.getShort(28) & 0xFFFF,
                b.getInt(20),
                b.getInt(24),
                b.getLong(40),
                b.getLong(32),
                b.getInt(16),
                b.getLong(48),
                b.getLong(112),
                b.getInt(120),
                b.getLong(96),
                b.getInt(104),
                b.getInt(128),
                b.getInt(132),
                ((long) b.getInt(136) << 32) | (b.getInt(140) & 0xFFFFFFFFL));
    }

    public int type() {
        return mode & TYPE_MASK;
    }

    /** Permission bits with set-id and sticky. */
    public int permissions() {
        return mode & 0xFFF;
    }

    public boolean isDirectory() {
        return type() == DIRECTORY;
    }

    public boolean isRegular() {
        return type() == REGULAR;
    }

    public boolean isSymbolicLink() {
        return type() == SYMBOLIC_LINK;
    }

    /** Whether it is overlayfs's mark of a deleted name: a character device 0:0. */
    public boolean isWhiteout() {
        return type() == CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
    }
}
