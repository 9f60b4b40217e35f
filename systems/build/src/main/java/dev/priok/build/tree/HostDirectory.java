package dev.priok.build.tree;

import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One open directory of the host; see {@link HostTree}. */
final class HostDirectory implements TargetDirectory {
    private final FileCalls files = FileCalls.host();
    private final HostRoot root;
    private final Fd directory;
    private final String path;

    /** Set when this directory's time has to be put back after its content was written. */
    private @Nullable Node attributes;

    HostDirectory(HostRoot root, Fd directory, String path) {
        this.root = root;
        this.directory = directory;
        this.path = path;
    }

    @Override
    public Optional<Node> find(String name) throws IOException {
        return FileNodes.find(directory, name);
    }

    @Override
    public void file(String name, Node node, Content content) throws IOException {
        try (Fd file = create(name)) {
            write(content, file);
            files.chown(file, node.uid(), node.gid());
            files.chmod(file, node.permissions());
            xattrs(file, node.xattrs());
            files.setTimes(file, node.modifiedSeconds(), node.modifiedNanos());
        }
    }

    @Override
    public void link(String name, String realPath) throws IOException {
        clear(name);
        int slash = realPath.lastIndexOf('/');
        String parent = slash < 0 ? "." : realPath.substring(0, slash);
        try (Fd old = files.openat2(root.directory(), parent, OpenFlag.PATH | OpenFlag.DIRECTORY, 0, Resolve.INSIDE)) {
            files.link(old, realPath.substring(slash + 1), directory, name);
        }
    }

    @Override
    public String realPath() {
        return path;
    }

    private Fd create(String name) throws IOException {
        int flags = OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL;
        try {
            return files.openChild(directory, name, flags, 0600);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            clear(name);
            return files.openChild(directory, name, flags, 0600);
        }
    }

    private void write(Content content, Fd file) throws IOException {
        switch (content) {
            case Content.Bytes bytes -> DescriptorCalls.host().writeAll(file, bytes.bytes());
            case Content.Range(Fd from, long offset, long size) -> copy(from, offset, size, file);
            case Content.Whole(Fd from, long size) -> copy(from, 0, size, file);
        }
    }

    /** Copies inside the kernel where it can, which small files are not worth asking for. */
    private void copy(Fd from, long offset, long size, Fd to) throws IOException {
        DescriptorCalls calls = DescriptorCalls.host();
        long done = 0;
        try {
            while (size > root.buffer().capacity() && done < size) {
                long n = calls.copyRange(from, offset + done, to, done, size - done);
                if (n == 0) {
                    throw new IOException("file became shorter while it was copied");
                }
                done += n;
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.EXDEV && e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
        copyByBuffer(from, offset + done, size - done, to, done);
    }

    private void copyByBuffer(Fd from, long fromOffset, long size, Fd to, long toOffset) throws IOException {
        DescriptorCalls calls = DescriptorCalls.host();
        long done = 0;
        while (done < size) {
            ByteBuffer buffer = root.buffer();
            buffer.limit((int) Math.min(buffer.capacity(), size - done));
            if (calls.pread(from, buffer, fromOffset + done) == 0) {
                throw new IOException("file became shorter while it was copied");
            }
            buffer.flip();
            long start = done;
            while (buffer.hasRemaining()) {
                calls.pwrite(to, buffer, toOffset + start + buffer.position());
            }
            done += buffer.limit();
        }
    }

    private void xattrs(Fd file, Map<String, String> xattrs) throws IOException {
        for (Map.Entry<String, String> xattr : xattrs.entrySet()) {
            files.setXattr(file, xattr.getKey(), xattr.getValue().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Override
    public void special(String name, Node node) throws IOException {
        clear(name);
        switch (node.type()) {
            case SYMBOLIC_LINK -> files.symlink(node.linkTarget(), directory, name);
            case CHARACTER_DEVICE -> device(name, FileStat.CHARACTER_DEVICE, node);
            case BLOCK_DEVICE -> device(name, FileStat.BLOCK_DEVICE, node);
            case FIFO -> device(name, FileStat.FIFO, node);
            case REGULAR, DIRECTORY -> throw new IllegalArgumentException(node.type() + " is not special");
        }
        files.chown(directory, name, node.uid(), node.gid());
        if (!node.isSymbolicLink()) {
            files.chmod(directory, name, node.permissions());
        }
        files.setTimes(directory, name, node.modifiedSeconds(), node.modifiedNanos());
    }

    private void device(String name, int type, Node node) throws IOException {
        files.mknod(directory, name, type | node.permissions(), node.deviceMajor(), node.deviceMinor());
    }

    /** Takes away what is no directory, so that nothing is written through a link. */
    private void clear(String name) throws IOException {
        Optional<FileStat> there = files.find(directory, name);
        if (there.isEmpty()) {
            return;
        }
        if (there.get().isDirectory()) {
            throw Failure.invalid("cannot replace directory /%s by a file", inside(name));
        }
        files.unlink(directory, name);
    }

    private String inside(String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }

    @Override
    public TargetDirectory directory(String name, Node node, boolean overwrite) throws IOException {
        boolean wasThere = find(name).isPresent();
        HostDirectory child = make(name, node);
        child.attributes = overwrite || !wasThere ? node : null;
        return child;
    }

    /** Removes a name if it is an empty directory or an empty regular file. */
    void removeIfEmpty(String name) throws IOException {
        Optional<FileStat> stat = files.find(directory, name);
        if (stat.isEmpty()) {
            return;
        }
        if (stat.get().isRegular() && stat.get().size() == 0) {
            files.unlink(directory, name);
        } else if (stat.get().isDirectory()) {
            try {
                files.rmdir(directory, name);
            } catch (SyscallException e) {
                if (e.errno() != Errno.ENOTEMPTY && e.errno() != Errno.EBUSY) {
                    throw e;
                }
            }
        }
    }

    /** Opens a directory; only a new one gets the attributes of {@code node}, at once. */
    HostDirectory make(String name, Node node) throws IOException {
        boolean made = false;
        try {
            files.mkdir(directory, name, 0700);
            made = true;
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        Fd child;
        try {
            child = files.openChild(directory, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                throw Failure.invalid("cannot copy to non-directory: /%s", inside(name));
            }
            throw e;
        }
        HostDirectory result = new HostDirectory(root, child, inside(name));
        if (made) {
            result.apply(node);
        }
        return result;
    }

    private void apply(Node node) throws IOException {
        files.chown(directory, node.uid(), node.gid());
        files.chmod(directory, node.permissions());
        xattrs(directory, node.xattrs());
        files.setTimes(directory, node.modifiedSeconds(), node.modifiedNanos());
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            if (attributes != null) {
                apply(attributes);
            }
        }
    }
}
