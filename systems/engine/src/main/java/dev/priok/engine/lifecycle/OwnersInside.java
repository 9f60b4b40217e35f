package dev.priok.engine.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Files that have on disk the owners that they have inside containers, whoever those are outside: what the engine itself keeps for
 * containers. A mount shows them through a mapping, where its file system can do that.
 */
final class OwnersInside {
    /** The option of a mount that says so; it means nothing in containers whose users are the host's. */
    static final String OPTION = "idmap";

    /** Those that have mapped mounts since Linux 5.12 to 5.19 (mount_setattr(2)). */
    private static final Set<String> CAPABLE = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat");

    private OwnersInside() {}

    /** The options of a mount of this folder or file, with the option where it can be. */
    static List<String> with(List<String> options, Path source) throws IOException {
        if (options.contains(OPTION)
                || !CAPABLE.contains(Files.getFileStore(source).type())) {
            return options;
        }
        java.util.ArrayList<String> all = new java.util.ArrayList<>(options);
        all.add(OPTION);
        return all;
    }
}
