package dev.priok.build.tree;

import java.util.Map;
import java.util.TreeMap;

/**
 * One file of a tree, without its name and content.
 *
 * @param permissions the low twelve bits of its mode
 * @param size of the content in bytes, 0 for everything but regular files
 * @param linkTarget of a symbolic link, else empty
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 * @param modifiedSeconds modification time, seconds since 1970
 * @param modifiedNanos and nanoseconds
 * @param xattrs extended attributes, their values as Latin-1 text
 * @param linkGroup the same number for all names of one file in its tree, or 0 for a file with one name
 */
public record Node(
        Type type,
        int permissions,
        int uid,
        int gid,
        long size,
        String linkTarget,
        int deviceMajor,
        int deviceMinor,
        long modifiedSeconds,
        int modifiedNanos,
        Map<String, String> xattrs,
        long linkGroup) {
    /** What a file is. Sockets are not among them: they mean nothing outside their process. */
    public enum Type {
        DIRECTORY,
        REGULAR,
        SYMBOLIC_LINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO
    }

    public Node {
        xattrs = xattrs.isEmpty() ? Map.of() : Map.copyOf(xattrs);
    }

    /** A directory of root's. */
    public static Node directory(int permissions, long modifiedSeconds) {
        return new Node(Type.DIRECTORY, permissions, 0, 0, 0, "", 0, 0, modifiedSeconds, 0, Map.of(), 0);
    }

    /** A regular file of root's. */
    public static Node file(int permissions, long size, long modifiedSeconds) {
        return new Node(Type.REGULAR, permissions, 0, 0, size, "", 0, 0, modifiedSeconds, 0, Map.of(), 0);
    }

    public boolean isDirectory() {
        return type == Type.DIRECTORY;
    }

    public boolean isRegular() {
        return type == Type.REGULAR;
    }

    public boolean isSymbolicLink() {
        return type == Type.SYMBOLIC_LINK;
    }

    public Node withOwner(int newUid, int newGid) {
        return new Node(
                type,
                permissions,
                newUid,
                newGid,
                size,
                linkTarget,
                deviceMajor,
                deviceMinor,
                modifiedSeconds,
                modifiedNanos,
                xattrs,
                linkGroup);
    }

    public Node withPermissions(int newPermissions) {
        return new Node(
                type,
                newPermissions,
                uid,
                gid,
                size,
                linkTarget,
                deviceMajor,
                deviceMinor,
                modifiedSeconds,
                modifiedNanos,
                xattrs,
                linkGroup);
    }

    /** The same, modified at a whole second. */
    public Node withTime(long newSeconds) {
        return new Node(
                type,
                permissions,
                uid,
                gid,
                size,
                linkTarget,
                deviceMajor,
                deviceMinor,
                newSeconds,
                0,
                xattrs,
                linkGroup);
    }

    /** This file as one of several names. */
    public Node withLinkGroup(long group) {
        return new Node(
                type,
                permissions,
                uid,
                gid,
                size,
                linkTarget,
                deviceMajor,
                deviceMinor,
                modifiedSeconds,
                modifiedNanos,
                xattrs,
                group);
    }

    /** Everything but times, as one line: what two equal files agree in besides their content. */
    public String fingerprint() {
        return type + " " + Integer.toOctalString(permissions) + " " + uid + ":" + gid + " " + size + " " + deviceMajor
                + ":" + deviceMinor + " " + linkTarget + " " + (xattrs.isEmpty() ? "" : new TreeMap<>(xattrs));
    }
}
