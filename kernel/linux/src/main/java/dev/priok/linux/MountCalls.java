package dev.priok.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Mounting, by the calls of Linux 5.2 (fsopen(2) and its kin) and the old ones. */
public final class MountCalls extends Calls {
    private static final MountCalls HOST = new MountCalls(Syscalls.host());

    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_SET_FD = 5;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    /** umount2: detach now, clean up when nobody uses it. */
    public static final int MNT_DETACH = 2;
    /** umount2: do not follow a link at the end of the path. */
    public static final int UMOUNT_NOFOLLOW = 8;

    public MountCalls(Syscalls sys) {
        super(sys);
    }

    public static MountCalls host() {
        return HOST;
    }

    public Fd fsopen(String type) throws SyscallException {
        return open(type, Syscall.FSOPEN, type, FSOPEN_CLOEXEC);
    }

    /** Sets a flag parameter of a file system context. */
    public void setFlag(Fd context, String key) throws SyscallException {
        configured(context, key, raw(Syscall.FSCONFIG, context, FSCONFIG_SET_FLAG, key, 0, 0));
    }

    /** Sets a parameter; the kernel takes at most 255 bytes of value. */
    public void setString(Fd context, String key, String value) throws SyscallException {
        configured(context, key + "=" + value, raw(Syscall.FSCONFIG, context, FSCONFIG_SET_STRING, key, value, 0));
    }

    public void setFd(Fd context, String key, Fd value) throws SyscallException {
        configured(context, key, raw(Syscall.FSCONFIG, context, FSCONFIG_SET_FD, key, 0, value));
    }

    /** Makes the file system that the context describes. */
    public void create(Fd context) throws SyscallException {
        configured(context, "create", raw(Syscall.FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0, 0));
    }

    private void configured(Fd context, String what, long result) throws SyscallException {
        if (result < 0) {
            throw new SyscallException("fsconfig " + what + complaint(context), Errno.of((int) -result));
        }
    }

    /** What the kernel wrote into the context's message log, such as {@code overlay: too many lower directories}. */
    private String complaint(Fd context) {
        byte[] text = new byte[512];
        long n = raw(Syscall.READ, context, text, text.length);
        return n <= 0 ? "" : ": " + new String(text, 0, (int) n, StandardCharsets.UTF_8).strip();
    }

    /** A detached mount of the created file system; {@code attributes} are MOUNT_ATTR_ flags ({@link MountAttribute}). */
    public Fd fsmount(Fd context, int attributes) throws SyscallException {
        return open("mount", Syscall.FSMOUNT, context, FSMOUNT_CLOEXEC, attributes);
    }

    /** Attaches a detached mount at an O_PATH descriptor. */
    public void moveMount(Fd mount, Fd target) throws SyscallException {
        call(mount, Syscall.MOVE_MOUNT, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    }

    /** Attaches a detached mount at a path of the host. */
    public void moveMount(Fd mount, String path) throws SyscallException {
        call(path, Syscall.MOVE_MOUNT, mount, "", Fd.AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    }

    /** A detached copy of the mount (recursively: of the tree of mounts) at an open descriptor, for binding elsewhere. */
    public Fd cloneTree(Fd source, boolean recursive) throws SyscallException {
        return open(
                source,
                Syscall.OPEN_TREE,
                source,
                "",
                OPEN_TREE_CLONE | OpenFlag.CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0));
    }

    /**
     * Changes attributes of a mount, recursively if asked.
     *
     * @param propagation MS_ propagation flag, or 0 to leave it
     * @param userNamespace for {@link MountAttribute#IDMAP}, else -1
     */
    public void setAttributes(Fd mount, boolean recursive, long set, long clear, long propagation, int userNamespace)
            throws SyscallException {
        byte[] attributes = ByteBuffer.allocate(32)
                .order(ByteOrder.nativeOrder())
                .putLong(set)
                .putLong(clear)
                .putLong(propagation)
                .putLong(Math.max(0, userNamespace))
                .array();
        call(
                mount,
                Syscall.MOUNT_SETATTR,
                mount,
                "",
                AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                attributes,
                attributes.length);
    }

    /** The old call; null is passed as an absent argument. */
    public void mount(String source, String target, String type, long flags, String data) throws SyscallException {
        call(target, Syscall.MOUNT, source, target, type, flags, data.isEmpty() ? (Object) 0 : data);
    }

    public void unmount(String target, int flags) throws SyscallException {
        call(target, Syscall.UMOUNT2, target, flags);
    }
}
