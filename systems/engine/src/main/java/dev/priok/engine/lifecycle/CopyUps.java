package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.spec.MountPlan.CopyUp;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Fills empty volumes with what the image has at their place. */
final class CopyUps {
    private static final int PIPE_BYTES = 256 << 10;

    private final Snapshotter snapshotter;
    private final ExecutorService background;

    CopyUps(Snapshotter snapshotter, ExecutorService background) {
        this.snapshotter = snapshotter;
        this.background = background;
    }

    void copy(ChainId chain, List<CopyUp> copies) throws IOException {
        if (copies.isEmpty() || chain.isScratch()) {
            return;
        }
        try (Tree image = snapshotter.open(chain)) {
            for (CopyUp copy : copies) {
                copy(image.root(), copy);
            }
        }
    }

    private void copy(Fd image, CopyUp copy) throws IOException {
        FileCalls files = FileCalls.host();
        Optional<FileStat> source = folder(image, copy.target());
        if (source.isEmpty()) {
            return;
        }
        try (Fd volume = files.open(copy.volumePath(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (copy.subpath().isEmpty()) {
                fill(volume, image, copy.target(), source.get());
                return;
            }
            try (Fd part =
                    files.openat2(volume, copy.subpath(), OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.WITHIN)) {
                fill(part, image, copy.target(), source.get());
            } catch (SyscallException e) {
                // What is no folder in the volume is refused, or mounted as the file that it is, at the start.
                if (!Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EXDEV)
                        .contains(e.errno())) {
                    throw e;
                }
            }
        }
    }

    private void fill(Fd folder, Fd image, String path, FileStat source) throws IOException {
        FileCalls files = FileCalls.host();
        if (!files.list(folder).isEmpty()) {
            return;
        }
        transfer(image, path, folder);
        files.chown(folder, source.uid(), source.gid());
        files.chmod(folder, source.permissions());
    }

    /** The folder at a path in the image; empty when there is none. */
    private static Optional<FileStat> folder(Fd image, String path) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd folder =
                files.openat2(image, path.substring(1), OpenFlag.PATH | OpenFlag.DIRECTORY, 0, Resolve.INSIDE)) {
            return Optional.of(files.stat(folder));
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void transfer(Fd image, String path, Fd volume) throws IOException {
        try (PipedInputStream in = new PipedInputStream(PIPE_BYTES)) {
            PipedOutputStream out = new PipedOutputStream(in);
            CompletableFuture<@Nullable Void> packing = CompletableFuture.runAsync(
                    () -> {
                        try (out) {
                            RootFiles.pack(image, path + "/.", out);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    },
                    background);
            RootFiles.unpack(volume, "/", in, Unpacking.AS_IS);
            packing.join();
        } catch (CompletionException e) {
            throw Failure.internal(e, "copying %s into its volume failed", path);
        }
    }
}
