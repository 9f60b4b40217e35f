package dev.priok.build.context;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Files that have no name and vanish when they are closed, also when this process is killed. */
public final class NamelessFile {
    /** open(2): O_TMPFILE without O_DIRECTORY, which belongs to it and has another value on ARM. */
    private static final int TMPFILE = 0x400000 | OpenFlag.DIRECTORY;

    /** What file systems answer that have no such files. */
    private static final Set<Errno> UNKNOWN = Set.of(Errno.EOPNOTSUPP, Errno.EISDIR, Errno.EINVAL, Errno.ENOENT);

    private static final AtomicLong NUMBER = new AtomicLong();

    private NamelessFile() {}

    /** Makes one on the file system of {@code directory}, open for reading and writing. */
    public static Fd open(Path directory) throws IOException {
        FileCalls files = FileCalls.host();
        try {
            return files.open(directory.toString(), OpenFlag.RDWR | TMPFILE, 0600);
        } catch (SyscallException e) {
            if (!UNKNOWN.contains(e.errno())) {
                throw e;
            }
        }
        String name = "nameless-" + NUMBER.incrementAndGet();
        try (Fd parent = files.open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            Fd file = files.openChild(parent, name, OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL, 0600);
            try {
                files.unlink(parent, name);
                return file;
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }
    }
}
