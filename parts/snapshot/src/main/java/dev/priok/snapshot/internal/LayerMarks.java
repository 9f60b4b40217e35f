package dev.priok.snapshot.internal;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Tree;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The marks of a layer over the layers below it. The kernel marks new folders opaque even where nothing is below, to save itself
 * lookups; such a mark says nothing and is not written. The tree below is opened only when there is a mark to judge.
 */
final class LayerMarks implements TreePacker.Marks, AutoCloseable {
    private final FileCalls files = FileCalls.host();
    private final Below below;
    private @Nullable Tree tree;

    /** Opens the merged tree of the layers below. */
    @FunctionalInterface
    interface Below {
        Tree open() throws IOException;
    }

    LayerMarks(Below below) {
        this.below = below;
    }

    @Override
    public boolean whiteouts() {
        return true;
    }

    @Override
    public boolean hidesLower(Fd folder, String path) throws IOException {
        return OverlayForm.current().isOpaque(folder) && isFolderBelow(path);
    }

    private boolean isFolderBelow(String path) throws IOException {
        if (tree == null) {
            tree = below.open();
        }
        try (Fd lower = files.openat2(
                tree.root(), path, OpenFlag.PATH | OpenFlag.NOFOLLOW, 0, Resolve.BENEATH | Resolve.NO_SYMLINKS)) {
            FileStat stat = files.stat(lower);
            return stat.isDirectory();
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ELOOP, EXDEV -> false;
                default -> throw e;
            };
        }
    }

    @Override
    public void close() {
        if (tree != null) {
            tree.close();
        }
    }
}
