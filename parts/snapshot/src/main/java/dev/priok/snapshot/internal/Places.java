package dev.priok.snapshot.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.internal.Catalog.ActiveRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders of the snapshotter: {@code layers/N/fs}, {@code l/N} (a short link to it, for mount options of one page),
 * {@code active/N/{fs,work}}, {@code incoming/N/fs}, {@code trash/N}, and two empty ones. Numbers are in base 36 and never used
 * twice in one life of the process, and never while something has them.
 */
final class Places implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Places.class);
    private static final int BASE = 36;
    /**
     * A new root begins somewhere between this and its double: ext4 chooses the block group by the name, and roots that come and
     * go should not all begin in the same one. Five characters: a hundred short links fit a page.
     */
    private static final long FIRST_NUMBERS = (long) BASE * BASE * BASE * BASE;

    /** Values from linux/fs.h. */
    private static final long FS_IOC_GETFLAGS = 0x80086601L;

    private static final long FS_IOC_SETFLAGS = 0x40086602L;
    private static final int FS_TOPDIR_FL = 0x20000;

    private final Path root;
    private final FileCalls files = FileCalls.host();
    private final AtomicLong last = new AtomicLong();
    private final ExecutorService sweeper = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("snapshot-trash").daemon().factory());

    Places(Path root) throws IOException {
        this.root = root.toAbsolutePath();
        for (String name : new String[] {"layers", "l", "active", "incoming", "trash", "empty", "mount"}) {
            Files.createDirectories(this.root.resolve(name));
        }
        for (String name : new String[] {"layers", "active", "incoming"}) {
            spread(this.root.resolve(name));
        }
    }

    /**
     * Asks ext4 to put each folder in here into a block group of its own (what {@code chattr +T} does). Otherwise all layers share
     * the group of their parent, and making files right after others were deleted there takes a millisecond each, since ext4
     * searches past every inode that was freed in the last seconds: 3,000 files took 2.5 s and with this 0.06 s.
     */
    private void spread(Path folder) throws IOException {
        DescriptorCalls descriptors = DescriptorCalls.host();
        try (Fd fd = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            byte[] word = new byte[8];
            descriptors.ioctl(fd, FS_IOC_GETFLAGS, word);
            ByteBuffer flags = ByteBuffer.wrap(word).order(ByteOrder.nativeOrder());
            if ((flags.getInt(0) & FS_TOPDIR_FL) == 0) {
                flags.putInt(0, flags.getInt(0) | FS_TOPDIR_FL);
                descriptors.ioctl(fd, FS_IOC_SETFLAGS, word);
            }
        } catch (SyscallException e) {
            LOG.debug("folders in {} are not spread: {}", folder, e.getMessage());
        }
    }

    /** Removes what no row of the catalog knows, in the background, and makes short links that are missing. */
    void tidy(LongPredicate isLayer, LongPredicate isActive) throws IOException {
        // All numbers first: what is discarded gets a new one, which nothing in the trash may have.
        for (String kind : new String[] {"layers", "active", "incoming", "trash"}) {
            passNumbers(kind);
        }
        last.compareAndSet(0, ThreadLocalRandom.current().nextLong(FIRST_NUMBERS, 2 * FIRST_NUMBERS));
        emptyTrash();
        tidy("layers", isLayer);
        tidy("active", isActive);
        tidy("incoming", _ -> false);
        try (DirectoryStream<Path> links = Files.newDirectoryStream(root.resolve("l"))) {
            for (Path link : links) {
                if (!isLayer.test(number(link))) {
                    Files.delete(link);
                }
            }
        }
        try (DirectoryStream<Path> layers = Files.newDirectoryStream(root.resolve("layers"))) {
            for (Path layer : layers) {
                if (isLayer.test(number(layer))) {
                    link(number(layer));
                }
            }
        }
    }

    private void passNumbers(String kind) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.resolve(kind))) {
            for (Path folder : folders) {
                taken(number(folder));
            }
        }
    }

    private void emptyTrash() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.resolve("trash"))) {
            for (Path folder : folders) {
                emptyLater(folder);
            }
        }
    }

    private void tidy(String kind, LongPredicate known) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.resolve(kind))) {
            for (Path folder : folders) {
                if (!known.test(number(folder))) {
                    LOG.info("removing leftover {}", folder);
                    discard(folder);
                }
            }
        }
    }

    private static long number(Path path) {
        try {
            return Long.parseLong(String.valueOf(path.getFileName()), BASE);
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    long nextNumber() {
        return last.incrementAndGet();
    }

    /** Numbers up to this one are taken. */
    void taken(long number) {
        last.accumulateAndGet(number, Math::max);
    }

    Path layer(long number) {
        return root.resolve("layers").resolve(Long.toString(number, BASE));
    }

    Path active(long number) {
        return root.resolve("active").resolve(Long.toString(number, BASE));
    }

    /** Where {@code fs} and {@code work} of a snapshot that can be written are. */
    Path folder(ActiveRow row) {
        return row.bound() == 0 ? active(row.id()) : Bounds.place(active(row.id()));
    }

    /** The snapshot's folders are about to be used. */
    void use(ActiveRow row) throws IOException {
        if (row.bound() > 0) {
            Bounds.use(active(row.id()));
        }
    }

    Path incoming(long number) {
        return root.resolve("incoming").resolve(Long.toString(number, BASE));
    }

    Path shortLink(long number) {
        return root.resolve("l").resolve(Long.toString(number, BASE));
    }

    Path empty() {
        return root.resolve("empty");
    }

    Path mountPoint() {
        return root.resolve("mount");
    }

    Path root() {
        return root;
    }

    /** Makes the short link of a layer. */
    void link(long number) throws IOException {
        try {
            Files.createSymbolicLink(shortLink(number), Path.of("..", "layers", Long.toString(number, BASE), "fs"));
        } catch (FileAlreadyExistsException _) {
            // Left from before, and always to the same place.
        }
    }

    /** Moves a folder out of the way at once; its files are removed in the background. */
    void discard(Path folder) throws IOException {
        Path trash = root.resolve("trash").resolve(Long.toString(nextNumber(), BASE));
        try {
            Files.move(folder, trash, StandardCopyOption.ATOMIC_MOVE);
            emptyLater(trash);
        } catch (NoSuchFileException _) {
            // Somebody else has just done it.
        }
    }

    private void emptyLater(Path trash) {
        sweeper.execute(() -> {
            try (Fd folder = files.open(root.resolve("trash").toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                // Only here, where nobody mounts it again for a look at it.
                Bounds.release(trash);
                new TreeRemoval().remove(folder, String.valueOf(trash.getFileName()));
            } catch (IOException e) {
                LOG.warn("cannot remove {}, which is tried again at the next start", trash, e);
            }
        });
    }

    /** Flushes the names in {@code layers} and {@code l}. */
    void syncNames() throws IOException {
        for (String name : new String[] {"layers", "l"}) {
            try (FileChannel channel = FileChannel.open(root.resolve(name), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Stops removing; the rest goes at the next start. */
    @Override
    public void close() {
        sweeper.shutdownNow();
    }
}
