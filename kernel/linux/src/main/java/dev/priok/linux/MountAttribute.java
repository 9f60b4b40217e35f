package dev.priok.linux;

/** MOUNT_ATTR_ flags of fsmount(2) and mount_setattr(2), and MS_ flags of mount(2); from {@code linux/mount.h}. */
public final class MountAttribute {
    public static final int RDONLY = 1;
    public static final int NOSUID = 2;
    public static final int NODEV = 4;
    public static final int NOEXEC = 8;
    public static final int NOATIME = 0x10;
    public static final int STRICTATIME = 0x20;
    public static final int NODIRATIME = 0x80;
    public static final int IDMAP = 0x100000;
    public static final int NOSYMFOLLOW = 0x200000;

    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_REMOUNT = 32;
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_REC = 16384;
    public static final long MS_UNBINDABLE = 1 << 17;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_SLAVE = 1 << 19;
    public static final long MS_SHARED = 1 << 20;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    private MountAttribute() {}
}
