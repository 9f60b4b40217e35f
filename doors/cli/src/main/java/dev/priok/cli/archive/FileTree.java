package dev.priok.cli.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Packs files and folders of this machine into an archive. */
public final class FileTree {
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;

    private final TarWriter tar;
    private final boolean keepsOwners;
    private final int clearedMode;
    private final Map<List<Long>, String> linkedFiles = new HashMap<>();

    /**
     * @param keepsOwners whether owners are kept, or everything is root's
     */
    public FileTree(TarWriter tar, boolean keepsOwners) {
        this(tar, keepsOwners, 0);
    }

    /**
     * @param keepsOwners whether owners are kept, or everything is root's
     * @param clearedMode permission bits that are taken away
     */
    public FileTree(TarWriter tar, boolean keepsOwners, int clearedMode) {
        this.tar = tar;
        this.keepsOwners = keepsOwners;
        this.clearedMode = clearedMode;
    }

    /** Adds {@code file} and, of a folder, everything below it, under {@code name}. */
    public void addAll(Path file, String name) throws IOException {
        add(file, name);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : children(file)) {
                addAll(child, name + "/" + child.getFileName());
            }
        }
    }

    /** Children of a folder by name, so that the same files always make the same archive. */
    public static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort(
                java.util.Comparator.comparing(child -> child.getFileName().toString()));
        return children;
    }

    /** Adds one file, link or folder without its children. Sockets are left out: nobody could use them. */
    public void add(Path file, String name) throws IOException {
        Map<String, Object> facts = Files.readAttributes(
                file, "unix:mode,uid,gid,size,lastModifiedTime,nlink,ino,dev", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) number(facts, "mode");
        TarEntry.Kind kind = kind(mode);
        if ((mode & TYPE_MASK) == SOCKET) {
            return;
        }
        String linkTarget = "";
        if (kind == TarEntry.Kind.SYMBOLIC_LINK) {
            linkTarget = Files.readSymbolicLink(file).toString();
        } else if (kind == TarEntry.Kind.FILE && number(facts, "nlink") > 1) {
            List<Long> identity = List.of(number(facts, "dev"), number(facts, "ino"));
            String first = linkedFiles.putIfAbsent(identity, name);
            if (first != null) {
                kind = TarEntry.Kind.HARD_LINK;
                linkTarget = first;
            }
        }
        TarEntry entry = new TarEntry(
                kind == TarEntry.Kind.FOLDER ? name + "/" : name,
                kind,
                kind == TarEntry.Kind.SYMBOLIC_LINK ? mode & 07777 : mode & 07777 & ~clearedMode,
                keepsOwners ? number(facts, "uid") : 0,
                keepsOwners ? number(facts, "gid") : 0,
                kind == TarEntry.Kind.FILE ? number(facts, "size") : 0,
                modifiedSeconds(facts),
                linkTarget);
        if (entry.size() == 0) {
            tar.write(entry);
            return;
        }
        try (InputStream content = Files.newInputStream(file)) {
            tar.write(entry, content);
        }
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static long modifiedSeconds(Map<String, Object> facts) {
        return facts.get("lastModifiedTime") instanceof FileTime time
                ? time.toInstant().getEpochSecond()
                : 0;
    }

    private static TarEntry.Kind kind(int mode) {
        return switch (mode & TYPE_MASK) {
            case 0040000 -> TarEntry.Kind.FOLDER;
            case 0120000 -> TarEntry.Kind.SYMBOLIC_LINK;
            case 0010000 -> TarEntry.Kind.PIPE;
            case 0020000 -> TarEntry.Kind.CHARACTER_DEVICE;
            case 0060000 -> TarEntry.Kind.BLOCK_DEVICE;
            default -> TarEntry.Kind.FILE;
        };
    }
}
