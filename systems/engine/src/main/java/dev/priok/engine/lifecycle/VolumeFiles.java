package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.state.VolumeRow;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders of local volumes. */
public final class VolumeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeFiles.class);

    /** Folders of removed volumes are called so until they are gone; no volume can have such a name. */
    private static final String REMOVING = ".removing-";

    /** What is to take the place of a volume's content is called so until it does. */
    private static final String FRESH = ".restored-";

    private static final String DATA = "_data";

    /** The unit of statx(2). */
    private static final long BYTES_OF_A_BLOCK = 512;

    private final Machine machine;
    private final Path folder;

    VolumeFiles(Machine machine) {
        this.machine = machine;
        this.folder = machine.config().dataRoot().resolve("volumes");
    }

    /** Folders without a row are what a kill left of a removal, or of a volume that never came to be. */
    void sweep(Set<String> volumes) {
        for (Path child : Remover.children(folder)) {
            if (!volumes.contains(child.getFileName().toString())) {
                sweep(child);
            } else {
                Remover.children(child).stream()
                        .filter(part -> part.getFileName().toString().startsWith(FRESH))
                        .forEach(VolumeFiles::sweep);
            }
        }
    }

    private static void sweep(Path leftover) {
        try {
            LocalMount.unmountAll(leftover);
            Folders.delete(leftover);
        } catch (IOException e) {
            LOG.warn("{} belongs to no volume and cannot be removed", leftover, e);
        }
    }

    /** Where a volume's files are. */
    public Path data(String name) {
        return home(name).resolve(DATA);
    }

    /** What is removed with the volume. */
    Path home(String name) {
        return folder.resolve(name);
    }

    void make(String name, Map<String, String> options) throws IOException {
        Path data = data(name);
        if (BoundedVolume.isAskedFor(options)) {
            BoundedVolume bounded = BoundedVolume.of(name, options);
            Files.createDirectories(data);
            bounded.make(BoundedVolume.file(home(name)), machine.now());
            return;
        }
        if (!options.isEmpty()) {
            LocalMount.of(name, options);
        }
        Files.createDirectories(data);
    }

    /** Mounts a volume that has options where its files are. */
    void mount(VolumeRow row) throws IOException {
        if (BoundedVolume.isAskedFor(row.options())) {
            BoundedVolume.mount(BoundedVolume.file(home(row.name())), data(row.name()));
        } else {
            LocalMount.of(row.name(), row.options()).mount(data(row.name()));
        }
    }

    /** The space that a volume of bounded size takes; empty for others. */
    public OptionalLong boundedBytes(VolumeRow row) {
        if (!row.local() || !BoundedVolume.isAskedFor(row.options())) {
            return OptionalLong.empty();
        }
        Path file = BoundedVolume.file(home(row.name()));
        try (Fd fd = FileCalls.host().open(file.toString(), OpenFlag.PATH | OpenFlag.NOFOLLOW)) {
            return OptionalLong.of(FileCalls.host().stat(fd).blocks() * BYTES_OF_A_BLOCK);
        } catch (SyscallException e) {
            throw Failure.internal(e, "measuring volume %s", row.name());
        }
    }

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Content {
        void fill(Fd folder) throws IOException;
    }

    /** Puts other content in the place of a volume's, which nobody uses meanwhile: all of it or nothing, also for whoever is killed. */
    void replace(VolumeRow row, Content content) throws IOException {
        boolean bounded = BoundedVolume.isAskedFor(row.options());
        Path home = home(row.name());
        Path place =
                home.resolve(FRESH + ObjectId.random(machine.parts().random()).hex());
        Path file = place.resolveSibling(place.getFileName() + ".ext4");
        Files.createDirectories(place);
        try {
            if (bounded) {
                BoundedVolume.of(row.name(), row.options()).make(file, machine.now());
                BoundedVolume.mount(file, place);
            }
            fill(place, content);
            swap(home, place, file, bounded);
        } finally {
            LocalMount.unmountAll(place);
            Folders.delete(place);
            Files.deleteIfExists(file);
        }
    }

    private static void fill(Path place, Content content) throws IOException {
        try (Fd fd = FileCalls.host().open(place.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            content.fill(fd);
            DescriptorCalls.host().syncFileSystem(fd);
        }
    }

    private static void swap(Path home, Path place, Path file, boolean bounded) throws IOException {
        try (Fd fd = FileCalls.host().open(home.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (bounded) {
                LocalMount.unmountAll(place);
                Files.move(file, BoundedVolume.file(home), StandardCopyOption.ATOMIC_MOVE);
            } else {
                FileCalls.host().exchange(fd, place.getFileName().toString(), fd, DATA);
            }
            DescriptorCalls.host().sync(fd);
        }
    }

    /** Frees the name for the next volume, whose files the slow deletion must not touch. */
    Path setAside(String name) {
        Path files = home(name);
        Path aside = folder.resolve(
                REMOVING + ObjectId.random(machine.parts().random()).hex());
        try {
            Files.move(files, aside);
        } catch (NoSuchFileException _) {
            LOG.debug("the removed volume {} had no files", name);
        } catch (IOException e) {
            LOG.warn("the folder of the removed volume {} cannot be renamed and is deleted in place", name, e);
            delete(files, name);
        }
        return aside;
    }

    static void delete(Path files, String name) {
        try {
            Folders.delete(files);
        } catch (IOException e) {
            LOG.warn("files of the removed volume {} stay behind", name, e);
        }
    }
}
