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
    private final Optional<Path> next;
    private final LayerMarks.Below below;
    private @Nullable Tree tree;

    /**
     * For one layer.
     *
     * @param folder where it is unpacked
     * @param next the folder of the layer under it, whose root has its attributes already
     * @param below opens the merged tree of all layers under it
     */
    InheritedFolders(Path folder, LayerUnpacker.Result layer, Optional<Path> next, LayerMarks.Below below) {
        this.folder = folder;
        this.layer = layer;
        this.next = next;
        this.below = below;
    }

    void fill() throws IOException {
        if (layer.implied().isEmpty() && !layer.opaqueRoot()) {
            return;
        }
        try (Fd root = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            for (String path : layer.implied()) {
                if (path.isEmpty()) {
                    copyRoot(root);
                } else {
                    copy(root, path);
                }
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

    /** Nearly every tar leaves its root out, so this takes no mount. */
    private void copyRoot(Fd root) throws IOException {
        if (next.isPresent()) {
            try (Fd lower = files.open(next.get().toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                set(root, files.stat(lower));
            }
        }
    }

    private void set(Fd folderHere, FileStat stat) throws IOException {
        if (OverlayForm.isRoot()) {
            files.chown(folderHere, stat.uid(), stat.gid());
        }
        files.chmod(folderHere, stat.permissions());
        files.setTimes(folderHere, stat.modifiedSeconds(), stat.modifiedNanos());
    }

    private void copy(Fd root, String path) throws IOException {
        Optional<FileStat> lower = lower(path);
        if (lower.isEmpty() || !lower.get().isDirectory()) {
            return;
        }
        int walk = Resolve.BENEATH | Resolve.NO_SYMLINKS;
        try (Fd mine = files.openat2(root, path, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, walk)) {
            set(mine, lower.get());
        } catch (SyscallException e) {
            // A later member of the same tar may have taken the folder's place.
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                throw e;
            }
        }
    }

    private Optional<FileStat> lower(String path) throws IOException {
        try (Fd lower = files.openat2(
                tree().root(), path, OpenFlag.PATH | OpenFlag.NOFOLLOW, 0, Resolve.BENEATH | Resolve.NO_SYMLINKS)) {
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
