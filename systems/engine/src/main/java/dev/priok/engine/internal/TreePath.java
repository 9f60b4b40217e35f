package dev.priok.engine.internal;

import dev.priok.linux.FileStat;
import java.util.ArrayDeque;

/** Paths and modes of files in containers, as docker's cp wants them. */
final class TreePath {
    private TreePath() {}

    /** An absolute path without {@code .}, {@code ..} and doubled slashes. */
    static String clean(String path) {
        ArrayDeque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /** Whether a path ends in {@code .}, as in {@code folder/./}: what is in a folder is meant then, not the folder. */
    static boolean isItself(String path) {
        String bare = path.replaceAll("/+$", "");
        return bare.equals(".") || bare.endsWith("/.");
    }

    /** The last part of a path; {@code /} of the root. */
    static String baseName(String path) {
        String clean = clean(path);
        return clean.equals("/") ? "/" : clean.substring(clean.lastIndexOf('/') + 1);
    }

    /** The kernel's mode as Go's os.FileMode. */
    static long goMode(int mode) {
        long bits = mode & 0777;
        bits |= switch (mode & FileStat.TYPE_MASK) {
            case FileStat.DIRECTORY -> 1L << 31;
            case FileStat.SYMBOLIC_LINK -> 1L << 27;
            case FileStat.BLOCK_DEVICE -> 1L << 26;
            case FileStat.CHARACTER_DEVICE -> (1L << 26) | (1L << 21);
            case FileStat.FIFO -> 1L << 25;
            case FileStat.SOCKET -> 1L << 24;
            default -> 0;
        };
        bits |= (mode & 04000) != 0 ? 1L << 23 : 0;
        bits |= (mode & 02000) != 0 ? 1L << 22 : 0;
        bits |= (mode & 01000) != 0 ? 1L << 20 : 0;
        return bits;
    }
}
