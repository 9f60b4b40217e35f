package dev.priok.linux;

import dev.priok.core.PathText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Calls on names and inodes, all relative to a directory descriptor, so that no path is walked twice. {@code null}
 * stands for the current directory in none of them: pass a descriptor.
 */
public final class FileCalls extends Calls {
    private static final FileCalls HOST = new FileCalls(Syscalls.host());

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int RENAME_EXCHANGE = 2;
    private static final int STATX_BASIC_STATS = 0x7ff;
    /** The kernel's own limit on the size of one attribute (XATTR_SIZE_MAX, linux/limits.h). */
    private static final int XATTR_SIZE_MAX = 65536;
    /** PATH_MAX, linux/limits.h. */
    private static final int PATH_MAX = 4096;
    /** A rename or mount elsewhere makes openat2 answer EAGAIN; it is asked again this often. */
    private static final int MAXIMUM_RACES = 128;

    private static final int DIRECTORY_BUFFER_BYTES = 64 << 10;

    public FileCalls(Syscalls sys) {
        super(sys);
    }

    public static FileCalls host() {
        return HOST;
    }

    /** Opens an absolute path of the host, close-on-exec. */
    public Fd open(String path, int flags, int mode) throws SyscallException {
        return open(path, Syscall.OPENAT, Fd.AT_FDCWD, path, flags | OpenFlag.CLOEXEC, mode);
    }

    /** Opens an absolute path of the host, close-on-exec. */
    public Fd open(String path, int flags) throws SyscallException {
        return open(path, flags, 0);
    }

    /** Opens {@code path} under {@code directory}, walking as {@link Resolve} flags allow; close-on-exec. */
    public Fd openat2(Fd directory, String path, int flags, int mode, int resolve) throws SyscallException {
        byte[] how = ByteBuffer.allocate(24)
                .order(ByteOrder.nativeOrder())
                .putLong((flags | OpenFlag.CLOEXEC) & 0xFFFFFFFFL)
                .putLong(mode)
                .putLong(resolve)
                .array();
        for (int i = 0; i < MAXIMUM_RACES; i++) {
            long result = raw(Syscall.OPENAT2, directory, path, how, how.length);
            if (result >= 0) {
                return Fd.of((int) result);
            }
            if (result != -Errno.EAGAIN.code()) {
                throw failed(Syscall.OPENAT2, path, result);
            }
        }
        throw new SyscallException("openat2 " + path, Errno.EAGAIN);
    }

    /** Opens one name in {@code directory}: no slash, and a link is never followed. */
    public Fd openChild(Fd directory, String name, int flags, int mode) throws SyscallException {
        return open(name, Syscall.OPENAT, directory, name, flags | OpenFlag.NOFOLLOW | OpenFlag.CLOEXEC, mode);
    }

    /** Looks at one name in {@code directory}; a link is not followed. */
    public FileStat stat(Fd directory, String name) throws SyscallException {
        byte[] statx = new byte[FileStat.BYTES];
        call(name, Syscall.STATX, directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statx);
        return FileStat.of(statx);
    }

    /** Looks at one name in {@code directory}; empty when there is none. */
    public Optional<FileStat> find(Fd directory, String name) throws SyscallException {
        byte[] statx = new byte[FileStat.BYTES];
        long result = raw(Syscall.STATX, directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statx);
        if (result == -Errno.ENOENT.code() || result == -Errno.ENOTDIR.code()) {
            return Optional.empty();
        }
        if (result < 0) {
            throw failed(Syscall.STATX, name, result);
        }
        return Optional.of(FileStat.of(statx));
    }

    /** Looks at an open file. */
    public FileStat stat(Fd file) throws SyscallException {
        byte[] statx = new byte[FileStat.BYTES];
        call(file, Syscall.STATX, file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, statx);
        return FileStat.of(statx);
    }

    public void mkdir(Fd directory, String name, int mode) throws SyscallException {
        call(name, Syscall.MKDIRAT, directory, name, mode);
    }

    /** Makes a device, fifo or socket node; {@code mode} holds the type. */
    public void mknod(Fd directory, String name, int mode, int major, int minor) throws SyscallException {
        call(name, Syscall.MKNODAT, directory, name, mode, deviceNumber(major, minor));
    }

    /** The kernel's encoding of a device number for mknod (new_encode_dev). */
    public static int deviceNumber(int major, int minor) {
        return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    }

    public void symlink(String target, Fd directory, String name) throws SyscallException {
        call(name, Syscall.SYMLINKAT, target, directory, name);
    }

    /** Makes {@code name} another name of an existing file; a link at the old name is not followed. */
    public void link(Fd oldDirectory, String oldName, Fd directory, String name) throws SyscallException {
        call(name, Syscall.LINKAT, oldDirectory, oldName, directory, name, 0);
    }

    /** Makes {@code name} another name of the open file {@code file}; needs CAP_DAC_READ_SEARCH. */
    public void link(Fd file, Fd directory, String name) throws SyscallException {
        call(name, Syscall.LINKAT, file, "", directory, name, AT_EMPTY_PATH);
    }

    public void rename(Fd oldDirectory, String oldName, Fd directory, String name) throws SyscallException {
        call(oldName + " to " + name, Syscall.RENAMEAT2, oldDirectory, oldName, directory, name, 0);
    }

    /** Makes each of two names what the other was, in one step. */
    public void exchange(Fd directory, String name, Fd otherDirectory, String otherName) throws SyscallException {
        call(name, Syscall.RENAMEAT2, directory, name, otherDirectory, otherName, RENAME_EXCHANGE);
    }

    public void unlink(Fd directory, String name) throws SyscallException {
        call(name, Syscall.UNLINKAT, directory, name, 0);
    }

    public void rmdir(Fd directory, String name) throws SyscallException {
        call(name, Syscall.UNLINKAT, directory, name, AT_REMOVEDIR);
    }

    public String readlink(Fd directory, String name) throws SyscallException {
        byte[] buffer = new byte[PATH_MAX];
        int n = (int) call(name, Syscall.READLINKAT, directory, name, buffer, buffer.length);
        return PathText.decode(buffer, 0, n);
    }

    /** Changes owner and group of a name; a link itself is changed. */
    public void chown(Fd directory, String name, int uid, int gid) throws SyscallException {
        call(name, Syscall.FCHOWNAT, directory, name, uid, gid, AT_SYMLINK_NOFOLLOW);
    }

    /** Changes owner and group of an open file; an O_PATH descriptor will do. */
    public void chown(Fd file, int uid, int gid) throws SyscallException {
        call(file, Syscall.FCHOWNAT, file, "", uid, gid, AT_EMPTY_PATH);
    }

    /** Changes the permission bits of a name that is known not to be a link. */
    public void chmod(Fd directory, String name, int permissions) throws SyscallException {
        call(name, Syscall.FCHMODAT, directory, name, permissions);
    }

    /** Changes the permission bits of a file that is open for reading or writing. */
    public void chmod(Fd file, int permissions) throws SyscallException {
        call(file, Syscall.FCHMOD, file, permissions);
    }

    /** Sets access and modification time of a name to the same instant; a link itself is changed. */
    public void setTimes(Fd directory, String name, long seconds, int nanos) throws SyscallException {
        call(name, Syscall.UTIMENSAT, directory, name, times(seconds, nanos), AT_SYMLINK_NOFOLLOW);
    }

    /** Sets access and modification time of an open file to the same instant. */
    public void setTimes(Fd file, long seconds, int nanos) throws SyscallException {
        call(file, Syscall.UTIMENSAT, file, 0, times(seconds, nanos), 0);
    }

    private static byte[] times(long seconds, int nanos) {
        return ByteBuffer.allocate(32)
                .order(ByteOrder.nativeOrder())
                .putLong(seconds)
                .putLong(nanos)
                .putLong(seconds)
                .putLong(nanos)
                .array();
    }

    /** Names in a directory, in the order of the file system, without {@code .} and {@code ..}. */
    public List<String> list(Fd directory) throws IOException {
        call(directory, Syscall.LSEEK, directory, 0, 0);
        // Not a direct buffer: one that has become old is not given back before the whole heap is collected.
        try (Arena arena = Arena.ofConfined()) {
            return list(
                    directory,
                    arena.allocate(DIRECTORY_BUFFER_BYTES).asByteBuffer().order(ByteOrder.nativeOrder()));
        }
    }

    private List<String> list(Fd directory, ByteBuffer buffer) throws SyscallException {
        List<String> names = new ArrayList<>();
        while (true) {
            int n = (int) call(directory, Syscall.GETDENTS64, directory, buffer, buffer.capacity());
            if (n == 0) {
                return names;
            }
            for (int at = 0; at < n; ) {
                int length = buffer.getShort(at + 16) & 0xFFFF;
                int end = at + 19;
                while (buffer.get(end) != 0) {
                    end++;
                }
                byte[] name = new byte[end - at - 19];
                buffer.get(at + 19, name);
                String text = PathText.decode(name);
                if (!text.equals(".") && !text.equals("..")) {
                    names.add(text);
                }
                at += length;
            }
        }
    }

    /** Sets an extended attribute of an open file; an O_PATH descriptor will do, a symbolic link's too. */
    public void setXattr(Fd file, String name, byte[] value) throws SyscallException {
        long result = raw(Syscall.FSETXATTR, file, name, value, value.length, 0);
        if (result == -Errno.EBADF.code()) {
            result = raw(Syscall.SETXATTR, file.procPath(), name, value, value.length, 0);
        }
        if (result < 0) {
            throw failed(Syscall.FSETXATTR, name, result);
        }
    }

    /** The value of an extended attribute; empty when the file has none of that name. */
    public Optional<byte[]> getXattr(Fd file, String name) throws SyscallException {
        byte[] buffer = new byte[256];
        long n = getXattr(file, name, buffer);
        if (n == -Errno.ERANGE.code()) {
            buffer = new byte[XATTR_SIZE_MAX];
            n = getXattr(file, name, buffer);
        }
        if (n == -Errno.ENODATA.code() || n == -Errno.EOPNOTSUPP.code()) {
            return Optional.empty();
        }
        if (n < 0) {
            throw failed(Syscall.FGETXATTR, name, n);
        }
        return Optional.of(Arrays.copyOf(buffer, (int) n));
    }

    private long getXattr(Fd file, String name, byte[] buffer) {
        long n = raw(Syscall.FGETXATTR, file, name, buffer, buffer.length);
        return n == -Errno.EBADF.code() ? raw(Syscall.GETXATTR, file.procPath(), name, buffer, buffer.length) : n;
    }

    /** Names of the extended attributes of an open file; none where the file system has no such thing. */
    public List<String> listXattr(Fd file) throws SyscallException {
        byte[] buffer = new byte[1024];
        long n = listXattr(file, buffer);
        if (n == -Errno.ERANGE.code()) {
            buffer = new byte[XATTR_SIZE_MAX];
            n = listXattr(file, buffer);
        }
        if (n == 0 || n == -Errno.EOPNOTSUPP.code()) {
            return List.of();
        }
        if (n < 0) {
            throw failed(Syscall.FLISTXATTR, file, n);
        }
        return List.of(PathText.decode(buffer, 0, (int) n - 1).split("\0"));
    }

    private long listXattr(Fd file, byte[] buffer) {
        // An O_PATH descriptor takes the way through its name in /proc.
        long n = raw(Syscall.FLISTXATTR, file, buffer, buffer.length);
        return n == -Errno.EBADF.code() ? raw(Syscall.LISTXATTR, file.procPath(), buffer, buffer.length) : n;
    }

    public void removeXattr(Fd file, String name) throws SyscallException {
        call(name, Syscall.REMOVEXATTR, file.procPath(), name);
    }

    /** The file system's magic number (linux/magic.h), by fstatfs. */
    public long fileSystemMagic(Fd file) throws SyscallException {
        byte[] statfs = new byte[120];
        call(file, Syscall.FSTATFS, file, statfs);
        return ByteBuffer.wrap(statfs).order(ByteOrder.nativeOrder()).getLong(0);
    }
}
