package dev.priok.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Calls on open descriptors: reading, writing, pipes, memory files, locks of position and size. */
public final class DescriptorCalls extends Calls {
    private static final DescriptorCalls HOST = new DescriptorCalls(Syscalls.host());

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_EXEC = 0x10;
    private static final int FIONREAD = 0x541B;
    /** Waits, writes, waits (linux/fs.h). */
    private static final int SYNC_FILE_RANGE_ALL = 7;

    private static final int SPLICE_F_NONBLOCK = 2;

    /** Seals against every change (F_SEAL_SEAL, SHRINK, GROW, WRITE; linux/fcntl.h). */
    private static final int SEAL_ALL = 0xF;

    public DescriptorCalls(Syscalls sys) {
        super(sys);
    }

    public static DescriptorCalls host() {
        return HOST;
    }

    /**
     * A pipe.
     *
     * @param read the end to read from
     * @param write the end to write to
     */
    public record Pipe(Fd read, Fd write) implements AutoCloseable {
        @Override
        public void close() {
            read.close();
            write.close();
        }
    }

    /** A pipe whose ends are close-on-exec. */
    public Pipe pipe() throws SyscallException {
        byte[] ends = new byte[8];
        call("pipe", Syscall.PIPE2, ends, OpenFlag.CLOEXEC);
        ByteBuffer b = ByteBuffer.wrap(ends).order(ByteOrder.nativeOrder());
        return new Pipe(Fd.of(b.getInt(0)), Fd.of(b.getInt(4)));
    }

    /** Asks for a pipe buffer of this many bytes; false when the system's limit forbids it. */
    public boolean setPipeBytes(Fd pipe, int bytes) {
        return raw(Syscall.FCNTL, pipe, F_SETPIPE_SZ, bytes) >= 0;
    }

    public Fd duplicate(Fd fd) throws SyscallException {
        return open(fd, Syscall.FCNTL, fd, F_DUPFD_CLOEXEC, 3);
    }

    public void setNonBlocking(Fd fd, boolean nonBlocking) throws SyscallException {
        int flags = (int) call(fd, Syscall.FCNTL, fd, F_GETFL, 0);
        int wanted = nonBlocking ? flags | OpenFlag.NONBLOCK : flags & ~OpenFlag.NONBLOCK;
        if (wanted != flags) {
            call(fd, Syscall.FCNTL, fd, F_SETFL, wanted);
        }
    }

    /** Reads into the rest of a direct buffer and moves its position; returns bytes, 0 at the end, -1 if it would block. */
    public int read(Fd fd, ByteBuffer direct) throws SyscallException {
        long n = raw(Syscall.READ, fd, direct, direct.remaining());
        if (n == -Errno.EAGAIN.code()) {
            return -1;
        }
        if (n < 0) {
            throw failed(Syscall.READ, fd, n);
        }
        direct.position(direct.position() + (int) n);
        return (int) n;
    }

    /** Writes what is left of a direct buffer, or part of it, and moves its position; returns -1 if it would block. */
    public int write(Fd fd, ByteBuffer direct) throws SyscallException {
        long n = raw(Syscall.WRITE, fd, direct, direct.remaining());
        if (n == -Errno.EAGAIN.code()) {
            return -1;
        }
        if (n < 0) {
            throw failed(Syscall.WRITE, fd, n);
        }
        direct.position(direct.position() + (int) n);
        return (int) n;
    }

    /** Writes all of {@code bytes}; for files and for short messages into blocking pipes. */
    public void writeAll(Fd fd, byte[] bytes) throws IOException {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        while (direct.hasRemaining()) {
            if (write(fd, direct) < 0) {
                throw new SyscallException("write " + fd, Errno.EAGAIN);
            }
        }
    }

    /** Reads into the rest of a direct buffer from a place in a file; returns bytes, 0 past the end. */
    public int pread(Fd fd, ByteBuffer direct, long offset) throws SyscallException {
        int n = (int) call(fd, Syscall.PREAD64, fd, direct, direct.remaining(), offset);
        direct.position(direct.position() + n);
        return n;
    }

    /** Writes what is left of a direct buffer, or part of it, at a place in a file. */
    public int pwrite(Fd fd, ByteBuffer direct, long offset) throws SyscallException {
        int n = (int) call(fd, Syscall.PWRITE64, fd, direct, direct.remaining(), offset);
        direct.position(direct.position() + n);
        return n;
    }

    /**
     * Moves up to {@code bytes} from a pipe to a file's own position in one call: what has left the pipe is in the file,
     * whatever happens to this process. Returns bytes, 0 when the pipe has no writer left, -1 if it would block.
     */
    public long splice(Fd pipe, Fd file, long bytes) throws SyscallException {
        long n = raw(Syscall.SPLICE, pipe, 0, file, 0, bytes, SPLICE_F_NONBLOCK);
        if (n == -Errno.EAGAIN.code()) {
            return -1;
        }
        if (n < 0) {
            throw failed(Syscall.SPLICE, pipe, n);
        }
        return n;
    }

    /** How many bytes wait in a pipe or terminal. */
    public int available(Fd fd) throws SyscallException {
        byte[] count = new byte[4];
        call(fd, Syscall.IOCTL, fd, FIONREAD, count);
        return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt(0);
    }

    /** Copies a range between files, by reflink where the file system can; returns bytes copied. */
    public long copyRange(Fd from, long fromOffset, Fd to, long toOffset, long bytes) throws SyscallException {
        byte[] in = longBytes(fromOffset);
        byte[] out = longBytes(toOffset);
        return call(from, Syscall.COPY_FILE_RANGE, from, in, to, out, bytes, 0);
    }

    private static byte[] longBytes(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }

    /** Where a file's position is now. */
    public long position(Fd fd) throws SyscallException {
        return call(fd, Syscall.LSEEK, fd, 0L, 1);
    }

    /** Moves a file's position; {@code whence} 0 from the start, 1 from here, 2 from the end, 3 next data, 4 next hole. */
    public long seek(Fd fd, long offset, int whence) throws SyscallException {
        return call(fd, Syscall.LSEEK, fd, offset, whence);
    }

    public void truncate(Fd fd, long bytes) throws SyscallException {
        call(fd, Syscall.FTRUNCATE, fd, bytes);
    }

    /** Gives the space of a range back to the file system; the range reads as zeros and the size stays. */
    public void punchHole(Fd fd, long offset, long bytes) throws SyscallException {
        call(fd, Syscall.FALLOCATE, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes);
    }

    public void sync(Fd fd) throws SyscallException {
        call(fd, Syscall.FSYNC, fd);
    }

    /** Writes the changed pages of a file to its device, without waiting for the device's cache; mapped pages are clean afterwards. */
    public void writeBack(Fd fd) throws SyscallException {
        call(fd, Syscall.SYNC_FILE_RANGE, fd, 0L, 0L, SYNC_FILE_RANGE_ALL);
    }

    /** Flushes the whole file system that {@code fd} lies on. */
    public void syncFileSystem(Fd fd) throws SyscallException {
        call(fd, Syscall.SYNCFS, fd);
    }

    /** A file in memory, close-on-exec, that may be sealed and executed. */
    public Fd memoryFile(String name) throws SyscallException {
        long fd = raw(Syscall.MEMFD_CREATE, name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        if (fd == -Errno.EINVAL.code()) {
            // Kernels before 6.3 do not know MFD_EXEC; there every memory file may be executed.
            fd = raw(Syscall.MEMFD_CREATE, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        if (fd < 0) {
            throw failed(Syscall.MEMFD_CREATE, name, fd);
        }
        return Fd.of((int) fd);
    }

    /** Forbids any later change of a memory file. */
    public void seal(Fd memoryFile) throws SyscallException {
        call(memoryFile, Syscall.FCNTL, memoryFile, F_ADD_SEALS, SEAL_ALL);
    }

    /** Makes an ioctl with a number as its argument. */
    public long ioctl(Fd fd, long request, long argument) throws SyscallException {
        return call(fd, Syscall.IOCTL, fd, request, argument);
    }

    /** Makes an ioctl with a structure as its argument, which the kernel may change. */
    public long ioctl(Fd fd, long request, byte[] structure) throws SyscallException {
        return call(fd, Syscall.IOCTL, fd, request, structure);
    }
}
