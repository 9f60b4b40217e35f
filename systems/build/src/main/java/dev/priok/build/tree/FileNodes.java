package dev.priok.build.tree;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Turns what the kernel tells of a file into a {@link Node}. */
final class FileNodes {
    /** What a copy keeps: file capabilities, and what users set. Access lists and labels belong to one machine. */
    private static final String CAPABILITY = "security.capability";

    private static final String USER_PREFIX = "user.";

    private FileNodes() {}

    /** The node of an open file, also one opened as a path only; nothing for a socket. */
    static Optional<Node> read(Fd file) throws IOException {
        FileStat stat = FileCalls.host().stat(file);
        Optional<Node.Type> type = type(stat);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        boolean link = stat.isSymbolicLink();
        return Optional.of(new Node(
                type.get(),
                stat.permissions(),
                stat.uid(),
                stat.gid(),
                stat.isRegular() ? stat.size() : 0,
                link ? FileCalls.host().readlink(file, "") : "",
                stat.deviceMajor(),
                stat.deviceMinor(),
                stat.modifiedSeconds(),
                stat.modifiedNanos(),
                link ? Map.of() : xattrs(file),
                stat.isRegular() && stat.links() > 1 ? stat.inode() : 0));
    }

    /** The node of a name in an open directory; a link is not followed. Extended attributes are left out. */
    static Optional<Node> find(Fd directory, String name) throws IOException {
        Optional<FileStat> found = FileCalls.host().find(directory, name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FileStat stat = found.get();
        String target = stat.isSymbolicLink() ? FileCalls.host().readlink(directory, name) : "";
        return type(stat)
                .map(type -> new Node(
                        type,
                        stat.permissions(),
                        stat.uid(),
                        stat.gid(),
                        stat.isRegular() ? stat.size() : 0,
                        target,
                        stat.deviceMajor(),
                        stat.deviceMinor(),
                        stat.modifiedSeconds(),
                        stat.modifiedNanos(),
                        Map.of(),
                        0));
    }

    private static Optional<Node.Type> type(FileStat stat) {
        return switch (stat.type()) {
            case FileStat.DIRECTORY -> Optional.of(Node.Type.DIRECTORY);
            case FileStat.REGULAR -> Optional.of(Node.Type.REGULAR);
            case FileStat.SYMBOLIC_LINK -> Optional.of(Node.Type.SYMBOLIC_LINK);
            case FileStat.CHARACTER_DEVICE -> Optional.of(Node.Type.CHARACTER_DEVICE);
            case FileStat.BLOCK_DEVICE -> Optional.of(Node.Type.BLOCK_DEVICE);
            case FileStat.FIFO -> Optional.of(Node.Type.FIFO);
            default -> Optional.empty();
        };
    }

    private static Map<String, String> xattrs(Fd file) throws IOException {
        Map<String, String> result = new LinkedHashMap<>();
        for (String name : FileCalls.host().listXattr(file)) {
            if (name.equals(CAPABILITY) || name.startsWith(USER_PREFIX)) {
                FileCalls.host()
                        .getXattr(file, name)
                        .ifPresent(value -> result.put(name, new String(value, StandardCharsets.ISO_8859_1)));
            }
        }
        return result;
    }
}
