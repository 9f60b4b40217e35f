package dev.priok.build.tree;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * A directory of the host as a tree: a mounted snapshot. All paths are walked by the kernel with that directory as their
 * root (openat2, RESOLVE_IN_ROOT), so that no link in it leads out, and none can be exchanged in between. One thread uses it at a
 * time.
 */
public final class HostTree implements SourceTree, TargetTree, AutoCloseable {
    private final FileCalls files = FileCalls.host();
    private final HostRoot root;

    /** The tree below an open directory, which is closed with this. */
    public HostTree(Fd root) {
        this.root = new HostRoot(root);
    }

    /** Opens the tree below an absolute path of the host. */
    public HostTree(Path root) throws IOException {
        this.root = new HostRoot(files.open(root.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY));
    }

    private Fd open(String path, int flags) throws IOException {
        return files.openat2(root.directory(), path.isEmpty() ? "." : path, flags, 0, Resolve.INSIDE);
    }

    private Optional<Fd> openIfThere(String path, int flags) throws IOException {
        try {
            return Optional.of(open(path, flags));
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<String> resolve(String path) throws IOException {
        return PathResolver.resolve(path, this::lookUp);
    }

    private Optional<Node> lookUp(String realPath) throws IOException {
        Optional<Fd> found = openIfThere(realPath, OpenFlag.PATH | OpenFlag.NOFOLLOW);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Fd file = found.get()) {
            return FileNodes.read(file);
        }
    }

    @Override
    public Node node(String realPath) throws IOException {
        return lookUp(realPath).orElseThrow(() -> new FileNotFoundException(realPath));
    }

    @Override
    public List<String> children(String realPath) throws IOException {
        try (Fd directory = open(realPath, OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            return files.list(directory).stream().sorted().toList();
        }
    }

    @Override
    public Content content(String realPath) throws IOException {
        Fd file = open(realPath, OpenFlag.RDONLY | OpenFlag.NOFOLLOW | OpenFlag.NONBLOCK);
        try {
            FileStat stat = files.stat(file);
            if (!stat.isRegular()) {
                throw new IOException(realPath + " is no regular file");
            }
            return new Content.Whole(file, stat.size());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Digest contentDigest(String realPath) throws IOException {
        MessageDigest hash = Digest.newSha256();
        try (Content content = content(realPath)) {
            if (content instanceof Content.Whole(Fd file, long size)) {
                ByteBuffer buffer = root.buffer();
                while (size > 0 && DescriptorCalls.host().read(file, buffer) > 0) {
                    hash.update(buffer.flip());
                    buffer.clear();
                }
            }
        }
        return Digest.of(hash.digest());
    }

    @Override
    public Optional<Node> find(String path) throws IOException {
        Optional<Fd> found = openIfThere(path, OpenFlag.PATH);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Fd file = found.get()) {
            return FileNodes.read(file);
        }
    }

    @Override
    public String realPath(String path) throws IOException {
        return PathResolver.resolveNew(path, this::lookUp)
                .orElseThrow(() -> Failure.invalid("too many levels of symbolic links: %s", path));
    }

    @Override
    public Optional<byte[]> read(String path, int limitBytes) throws IOException {
        Optional<Fd> found = openIfThere(path, OpenFlag.RDONLY | OpenFlag.NONBLOCK);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Fd file = found.get()) {
            FileStat stat = files.stat(file);
            if (!stat.isRegular()) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(stat.size(), limitBytes));
            while (buffer.hasRemaining() && DescriptorCalls.host().read(file, buffer) > 0) {
                // Reads move the buffer on until the file or the buffer ends.
            }
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return Optional.of(bytes);
        }
    }

    @Override
    public TargetDirectory directory(String path, Node template) throws IOException {
        return new HostDirectoryOpener(root, realPath(path)).open(template);
    }

    @Override
    public void removeIfEmpty(String path) throws IOException {
        List<String> elements = PathResolver.elements(PathResolver.clean(path));
        if (elements.isEmpty()) {
            return;
        }
        String parent = String.join("/", elements.subList(0, elements.size() - 1));
        Optional<Fd> directory = openIfThere(parent, OpenFlag.RDONLY | OpenFlag.DIRECTORY);
        if (directory.isPresent()) {
            try (HostDirectory opened = new HostDirectory(root, directory.get(), parent)) {
                opened.removeIfEmpty(elements.getLast());
            }
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
