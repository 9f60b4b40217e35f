package dev.priok.volume;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/** Copies what is in files: shared with the original where the file system can (reflink), else as data with the same holes. For one thread. */
final class FileData {
    private static final long FICLONE = 0x40049409L;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long CHUNK_BYTES = 64L << 20;
    private static final int BUFFER_BYTES = 1 << 20;

    /** How the kernel says that it cannot copy between just these two. */
    private static final Set<Errno> CANNOT = EnumSet.of(Errno.EXDEV, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOSYS);

    private final DescriptorCalls calls = DescriptorCalls.host();
    private boolean sharing = true;
    private boolean inKernel = true;

    /** Fills an empty file; returns the bytes that had to be copied. */
    long copy(Fd from, Fd to, long size) throws SyscallException {
        if (size == 0 || shared(from, to)) {
            return 0;
        }
        long copied = 0;
        long at = 0;
        while (at < size) {
            long start = seek(from, at, SEEK_DATA, size);
            if (start >= size) {
                break;
            }
            long end = Math.min(size, seek(from, start, SEEK_HOLE, size));
            copied += range(from, to, start, end);
            at = end;
        }
        calls.truncate(to, size);
        return copied;
    }

    private boolean shared(Fd from, Fd to) {
        if (!sharing) {
            return false;
        }
        try {
            calls.ioctl(to, FICLONE, (long) from.number());
            return true;
        } catch (SyscallException e) {
            // What one file of a tree cannot, the others cannot either.
            sharing = false;
            return false;
        }
    }

    /** The next data or hole; the end of the file where there is none. */
    private long seek(Fd file, long at, int whence, long size) throws SyscallException {
        try {
            return calls.seek(file, at, whence);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENXIO) {
                return size;
            }
            if (e.errno() == Errno.EINVAL) {
                return whence == SEEK_DATA ? at : size;
            }
            throw e;
        }
    }

    private long range(Fd from, Fd to, long start, long end) throws SyscallException {
        long at = start;
        while (at < end) {
            long n = some(from, to, at, end - at);
            if (n == 0) {
                // It became shorter meanwhile.
                break;
            }
            at += n;
        }
        return at - start;
    }

    private long some(Fd from, Fd to, long at, long bytes) throws SyscallException {
        if (inKernel) {
            try {
                return calls.copyRange(from, at, to, at, Math.min(bytes, CHUNK_BYTES));
            } catch (SyscallException e) {
                if (!CANNOT.contains(e.errno())) {
                    throw e;
                }
                inKernel = false;
            }
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(bytes, BUFFER_BYTES));
        int n = calls.pread(from, buffer, at);
        buffer.flip();
        long to0 = at;
        while (buffer.hasRemaining()) {
            to0 += calls.pwrite(to, buffer, to0);
        }
        return n;
    }
}
