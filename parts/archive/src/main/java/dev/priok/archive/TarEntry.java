package dev.priok.archive;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One member of a tar, without its content. Names are as they stand in the tar, in the text form of
 * {@link dev.priok.core.PathText}; whoever writes them to a disk must check them.
 *
 * @param name path; of a folder with a slash at its end when written
 * @param type what it is
 * @param mode permission bits with set-id and sticky, without the type
 * @param uid number of the owner
 * @param gid number of the group
 * @param size bytes of content; 0 unless it is a {@link Type#FILE}
 * @param modifiedSeconds modification time, seconds since 1970
 * @param modifiedNanos and nanoseconds
 * @param link target of a symbolic link, or name of the member that a hard link is another name of; else empty
 * @param deviceMajor of a device
 * @param deviceMinor of a device
 * @param xattrs extended attributes by name
 */
public record TarEntry(
        String name,
        Type type,
        int mode,
        int uid,
        int gid,
        long size,
        long modifiedSeconds,
        int modifiedNanos,
        String link,
        int deviceMajor,
        int deviceMinor,
        SortedMap<String, byte[]> xattrs) {
    /** What a member is; the letter is the type flag of the header. */
    public enum Type {
        FILE('0'),
        HARD_LINK('1'),
        SYMBOLIC_LINK('2'),
        CHARACTER_DEVICE('3'),
        BLOCK_DEVICE('4'),
        FOLDER('5'),
        FIFO('6');

        private final char flag;

        Type(char flag) {
            this.flag = flag;
        }

        public char flag() {
            return flag;
        }
    }

    public TarEntry {
        xattrs = xattrs.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
    }

    /** A regular file of root. */
    public static TarEntry file(String name, int mode, long size, long modifiedSeconds) {
        return plain(name, Type.FILE, mode, size, modifiedSeconds, "");
    }

    /** A folder of root. */
    public static TarEntry folder(String name, int mode, long modifiedSeconds) {
        return plain(name.endsWith("/") ? name : name + "/", Type.FOLDER, mode, 0, modifiedSeconds, "");
    }

    /** A symbolic link of root. */
    public static TarEntry symbolicLink(String name, String target, long modifiedSeconds) {
        return plain(name, Type.SYMBOLIC_LINK, 0777, 0, modifiedSeconds, target);
    }

    /** Another name of an earlier member. */
    public static TarEntry hardLink(String name, String target) {
        return plain(name, Type.HARD_LINK, 0644, 0, 0, target);
    }

    private static TarEntry plain(String name, Type type, int mode, long size, long modified, String link) {
        return new TarEntry(name, type, mode, 0, 0, size, modified, 0, link, 0, 0, Collections.emptySortedMap());
    }

    public TarEntry withName(String newName) {
        return new TarEntry(
                newName,
                type,
                mode,
                uid,
                gid,
                size,
                modifiedSeconds,
                modifiedNanos,
                link,
                deviceMajor,
                deviceMinor,
                xattrs);
    }

    public TarEntry withLink(String newLink) {
        return new TarEntry(
                name,
                type,
                mode,
                uid,
                gid,
                size,
                modifiedSeconds,
                modifiedNanos,
                newLink,
                deviceMajor,
                deviceMinor,
                xattrs);
    }

    public TarEntry withOwner(int newUid, int newGid) {
        return new TarEntry(
                name,
                type,
                mode,
                newUid,
                newGid,
                size,
                modifiedSeconds,
                modifiedNanos,
                link,
                deviceMajor,
                deviceMinor,
                xattrs);
    }

    public TarEntry withXattrs(Map<String, byte[]> newXattrs) {
        return new TarEntry(
                name,
                type,
                mode,
                uid,
                gid,
                size,
                modifiedSeconds,
                modifiedNanos,
                link,
                deviceMajor,
                deviceMinor,
                new TreeMap<>(newXattrs));
    }
}
