package dev.priok.snapshot.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives folders that a layer's tar does not name the attributes that they have below, since overlay shows those of the
 * uppermost; and hides everything below a root that is marked opaque, which overlay itself cannot.
 */
final class InheritedFolders implements AutoCloseable {
    private final FileCalls files = FileCalls.host();
    private final Path folder;
    private final LayerUnpacker.Result layer;
    private final LayerMarks.Below below;
    private @Nullable Tree tree;

    InheritedFolders(Path folder, LayerUnpacker.Result layer, LayerMarks.Below below) {
        this.folder = folder;
        this.layer = layer;
        this.below = below;
    }

    void fill() throws IOException {
        if (layer.implied().isEmpty() && !layer.opaqueRoot()) {
            return;
        }
        try (Fd root = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            for (String path : layer.implied()) {
                copy(root, path);
            }
            if (layer.opaqueRoot()) {
                hideAll(root);
            }
        }
    }

    private Tree tree() throws IOException {
        if (tree == null) {
            tree = below.open();
        }
        return tree;
    }

    private void copy(Fd root, String path) throws IOException {
        Optional<FileStat> lower = lower(path);
        if (lower.isEmpty() || !lower.get().isDirectory()) {
            return;
        }
        int walk = Resolve.BENEATH | Resolve.NO_SYMLINKS;
        try (Fd mine =
                files.openat2(root, path.isEmpty() ? "." : path, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, walk)) {
            FileStat stat = lower.get();
            if (OverlayForm.isRoot()) {
                files.chown(mine, stat.uid(), stat.gid());
            }
            files.chmod(mine, stat.permissions());
            files.setTimes(mine, stat.modifiedSeconds(), stat.modifiedNanos());
        } catch (SyscallException e) {
            // A later member of the same tar may have taken the folder's place.
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                throw e;
            }
        }
    }

    private Optional<FileStat> lower(String path) throws IOException {
        try (Fd lower = files.openat2(
                tree().root(),
                path.isEmpty() ? "." : path,
                OpenFlag.PATH | OpenFlag.NOFOLLOW,
                0,
                Resolve.BENEATH | Resolve.NO_SYMLINKS)) {
            return Optional.of(files.stat(lower));
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ELOOP -> Optional.empty();
                default -> throw e;
            };
        }
    }

    private void hideAll(Fd root) throws IOException {
        try (Fd lower = files.openat2(tree().root(), ".", OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.BENEATH)) {
            for (String name : files.list(lower)) {
                Optional<FileStat> mine = files.find(root, name);
                if (mine.isEmpty()) {
                    OverlayForm.current().whiteout(root, name);
                } else if (mine.get().isDirectory()) {
                    OverlayForm.current().makeOpaque(root, name);
                }
            }
        }
    }

    @Override
    public void close() {
        if (tree != null) {
            tree.close();
        }
    }
}
