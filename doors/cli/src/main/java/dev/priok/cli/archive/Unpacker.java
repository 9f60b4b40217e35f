package dev.priok.cli.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an archive that a container made. It is not trusted: no name leads out of the target, and nothing is written
 * through a symbolic link of the archive.
 */
public final class Unpacker {
    private final Path root;
    private final boolean keepsOwners;
    private final Map<Path, TarEntry> folders = new LinkedHashMap<>();

    /**
     * @param root where everything goes
     * @param keepsOwners whether owners are set as in the archive, which only root may do
     */
    public Unpacker(Path root, boolean keepsOwners) {
        this.root = root;
        this.keepsOwners = keepsOwners;
    }

    /** Renames an entry, or leaves it out by returning an empty name. */
    @FunctionalInterface
    public interface Renaming {
        String apply(String name);
    }

    /** Unpacks everything; names are changed by {@code renaming} first. */
    public void unpack(InputStream archive, Renaming renaming) throws IOException {
        TarReader reader = new TarReader(archive);
        for (@Nullable TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            String name = renaming.apply(entry.name());
            if (!name.isEmpty()) {
                unpack(entry, name, reader.content(), renaming);
            }
        }
        // What was unpacked into folders changed their times, and their modes may forbid to write: last of all.
        for (Map.Entry<Path, TarEntry> folder : folders.entrySet()) {
            finish(folder.getKey(), folder.getValue());
        }
    }

    private void unpack(TarEntry entry, String name, InputStream content, Renaming renaming) throws IOException {
        Path target = resolve(name);
        switch (entry.kind()) {
            case FOLDER -> {
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(target);
                }
                folders.put(target, entry);
            }
            case FILE -> {
                refuseFolder(target);
                Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
                finish(target, entry);
            }
            case SYMBOLIC_LINK -> {
                refuseFolder(target);
                Files.deleteIfExists(target);
                Files.createSymbolicLink(target, Path.of(entry.linkTarget()));
            }
            case HARD_LINK -> {
                refuseFolder(target);
                Files.deleteIfExists(target);
                Files.createLink(target, resolve(renaming.apply(entry.linkTarget())));
            }
            default -> {
                // Devices and pipes of a container mean nothing here.
            }
        }
    }

    private Path resolve(String name) throws IOException {
        Path target = root;
        String[] parts = name.split("/");
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty() || parts[i].equals(".")) {
                continue;
            }
            if (parts[i].equals("..")) {
                throw new IOException("archive has a name that leads out of it: " + name);
            }
            if (!target.equals(root) && Files.isSymbolicLink(target)) {
                throw new IOException("archive has a name that goes through a symbolic link: " + name);
            }
            target = target.resolve(parts[i]);
        }
        return target;
    }

    private static void refuseFolder(Path target) throws IOException {
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("cannot overwrite directory \"" + target + "\" with non-directory");
        }
    }

    private void finish(Path target, TarEntry entry) throws IOException {
        if (keepsOwners) {
            Files.setAttribute(target, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(target, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
        }
        Files.setAttribute(target, "unix:mode", entry.mode());
        Files.setLastModifiedTime(target, FileTime.fromMillis(entry.modifiedSeconds() * 1000));
    }
}
