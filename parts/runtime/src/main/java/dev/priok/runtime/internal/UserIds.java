package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import java.util.List;
import java.util.OptionalInt;

/**
 * Users and groups inside a user namespace and what they are outside (user_namespaces(7)).
 *
 * @param uids ranges of users; none outside of user namespaces
 * @param gids ranges of groups
 */
record UserIds(List<IdMapping> uids, List<IdMapping> gids) {
    /** No user namespace: ids are the same on both sides. */
    static final UserIds OF_HOST = new UserIds(List.of(), List.of());

    /** What the kernel takes (UID_GID_MAP_MAX_EXTENTS, linux/user_namespace.h). */
    private static final int MOST_RANGES = 340;

    UserIds {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        if (uids.size() > MOST_RANGES || gids.size() > MOST_RANGES) {
            throw Failure.invalid("more than %d ranges of ids", MOST_RANGES);
        }
    }

    boolean ofHost() {
        return uids.isEmpty() && gids.isEmpty();
    }

    /** The user outside. */
    int uid(int inside) {
        return outside(uids, inside, "user");
    }

    /** The group outside. */
    int gid(int inside) {
        return outside(gids, inside, "group");
    }

    private int outside(List<IdMapping> ranges, int inside, String kind) {
        if (ofHost()) {
            return inside;
        }
        long id = Integer.toUnsignedLong(inside);
        for (IdMapping range : ranges) {
            if (id >= range.containerID() && id < range.containerID() + range.size()) {
                return (int) (range.hostID() + id - range.containerID());
            }
        }
        throw Failure.invalid("%s %d is not mapped in the container's user namespace", kind, id);
    }

    /** The user outside of a file that has an owner as in an image; empty when it has one of outside already. */
    OptionalInt moved(int owner) {
        return moved(uids, owner) ? OptionalInt.of(uid(owner)) : OptionalInt.empty();
    }

    private static boolean moved(List<IdMapping> ranges, int owner) {
        long id = Integer.toUnsignedLong(owner);
        return ranges.stream().noneMatch(r -> id >= r.hostID() && id < r.hostID() + r.size())
                && ranges.stream().anyMatch(r -> id >= r.containerID() && id < r.containerID() + r.size());
    }

    /** Lines of {@code uid_map} or {@code gid_map}. */
    static String lines(List<IdMapping> ranges) {
        StringBuilder lines = new StringBuilder();
        ranges.forEach(r -> lines.append(r.containerID())
                .append(' ')
                .append(r.hostID())
                .append(' ')
                .append(r.size())
                .append('\n'));
        return lines.toString();
    }

    /** Ranges from the text of {@code uid_map} or {@code gid_map}. */
    static List<IdMapping> ranges(String lines) {
        return lines.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length == 3)
                .map(words ->
                        new IdMapping(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])))
                .toList();
    }
}
