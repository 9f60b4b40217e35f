package dev.priok.runtime.internal;

import dev.priok.linux.MountAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of a mount, sorted by who is to be told.
 *
 * @param set MOUNT_ATTR_ flags of the mount itself
 * @param clear MOUNT_ATTR_ flags to take away from what a bind brings along
 * @param recursiveSet MOUNT_ATTR_ flags of all mounts below it too
 * @param recursiveClear MOUNT_ATTR_ flags to take away from all mounts below it too
 * @param propagation MS_ propagation, or 0
 * @param recursivePropagation whether it is for all mounts below it too
 * @param recursiveBind whether a bind brings along what is mounted below its source
 * @param bind whether it is a bind at all
 * @param data what the file system itself is told, {@code key=value} or a flag
 * @param idMap whether owners are mapped, and then whether in the mounts below too; empty when they are not
 */
record MountOptions(
        int set,
        int clear,
        int recursiveSet,
        int recursiveClear,
        long propagation,
        boolean recursivePropagation,
        boolean recursiveBind,
        boolean bind,
        List<String> data,
        Optional<Boolean> idMap) {
    /** The three ways of keeping access times exclude each other (MOUNT_ATTR__ATIME, linux/mount.h). */
    private static final int ANY_ATIME = 0x70;

    private record Change(int set, int clear) {}

    private static final Map<String, Change> ATTRIBUTES = Map.ofEntries(
            Map.entry("ro", new Change(MountAttribute.RDONLY, 0)),
            Map.entry("rw", new Change(0, MountAttribute.RDONLY)),
            Map.entry("nosuid", new Change(MountAttribute.NOSUID, 0)),
            Map.entry("suid", new Change(0, MountAttribute.NOSUID)),
            Map.entry("nodev", new Change(MountAttribute.NODEV, 0)),
            Map.entry("dev", new Change(0, MountAttribute.NODEV)),
            Map.entry("noexec", new Change(MountAttribute.NOEXEC, 0)),
            Map.entry("exec", new Change(0, MountAttribute.NOEXEC)),
            Map.entry("nodiratime", new Change(MountAttribute.NODIRATIME, 0)),
            Map.entry("diratime", new Change(0, MountAttribute.NODIRATIME)),
            Map.entry("noatime", new Change(MountAttribute.NOATIME, ANY_ATIME)),
            Map.entry("atime", new Change(0, ANY_ATIME)),
            Map.entry("relatime", new Change(0, ANY_ATIME)),
            Map.entry("norelatime", new Change(0, ANY_ATIME)),
            Map.entry("strictatime", new Change(MountAttribute.STRICTATIME, ANY_ATIME)),
            Map.entry("nostrictatime", new Change(0, ANY_ATIME)),
            Map.entry("nosymfollow", new Change(MountAttribute.NOSYMFOLLOW, 0)),
            Map.entry("symfollow", new Change(0, MountAttribute.NOSYMFOLLOW)));

    private static final Map<String, Long> PROPAGATION = Map.of(
            "private", MountAttribute.MS_PRIVATE,
            "slave", MountAttribute.MS_SLAVE,
            "shared", MountAttribute.MS_SHARED,
            "unbindable", MountAttribute.MS_UNBINDABLE);

    private static final List<String> WITHOUT_MEANING =
            // tmpcopyup is seen to before there is a process (CoveredFolders); links are never copied into a container.
            List.of("tmpcopyup", "copy-symlink", "defaults", "async", "auto", "noauto", "_netdev", "loud");

    static MountOptions parse(List<String> options) {
        int[] own = new int[2];
        int[] recursive = new int[2];
        long propagation = 0;
        boolean recursivePropagation = false;
        boolean rbind = false;
        boolean bind = false;
        List<String> data = new ArrayList<>();
        Optional<Boolean> idMap = Optional.empty();
        for (String option : options) {
            String inner = option.startsWith("r") ? option.substring(1) : "";
            if (ATTRIBUTES.containsKey(option)) {
                apply(ATTRIBUTES.get(option), own);
            } else if (PROPAGATION.containsKey(option)) {
                propagation = PROPAGATION.getOrDefault(option, 0L);
            } else if (PROPAGATION.containsKey(inner)) {
                propagation = PROPAGATION.getOrDefault(inner, 0L);
                recursivePropagation = true;
            } else if (ATTRIBUTES.containsKey(inner)) {
                apply(ATTRIBUTES.get(inner), recursive);
            } else if (option.equals("bind") || option.equals("rbind")) {
                bind = true;
                rbind |= option.equals("rbind");
            } else if (option.equals("idmap") || option.equals("ridmap")) {
                idMap = Optional.of(option.equals("ridmap"));
            } else if (!WITHOUT_MEANING.contains(option)) {
                data.add(option);
            }
        }
        return new MountOptions(
                own[0],
                own[1],
                recursive[0],
                recursive[1],
                propagation,
                recursivePropagation,
                rbind,
                bind,
                List.copyOf(data),
                idMap);
    }

    private static void apply(@Nullable Change change, int[] target) {
        if (change != null) {
            target[0] = (target[0] & ~change.clear()) | change.set();
            target[1] = (target[1] & ~change.set()) | change.clear();
        }
    }
}
