package dev.priok.snapshot;

import dev.priok.archive.TarEntry;
import java.util.List;

/**
 * Owners of files inside a user namespace, and what they are outside, where the tree is walked: a tar has those inside.
 *
 * @param users ranges of users; none for the same inside as outside
 * @param groups ranges of groups
 */
public record Owners(List<Range> users, List<Range> groups) {
    /** The same inside as outside. */
    public static final Owners SAME = new Owners(List.of(), List.of());

    /** What is not mapped: overflowuid, proc_sys_kernel(5). */
    private static final int NOBODY = 65_534;

    public Owners {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** Ids that follow one another on both sides; unsigned 32 bits. */
    public record Range(long inside, long outside, long size) {}

    /** A member as it is inside, from one with owners of outside. */
    public TarEntry inside(TarEntry entry) {
        return this.equals(SAME) ? entry : entry.withOwner(inside(users, entry.uid()), inside(groups, entry.gid()));
    }

    /** A member with owners of outside, from one as it is inside. */
    public TarEntry outside(TarEntry entry) {
        return this.equals(SAME) ? entry : entry.withOwner(userOutside(entry.uid()), groupOutside(entry.gid()));
    }

    /** The user outside; that of nobody for one who is not mapped. */
    public int userOutside(int inside) {
        return outside(users, inside);
    }

    /** The group outside; that of nobody for one that is not mapped. */
    public int groupOutside(int inside) {
        return outside(groups, inside);
    }

    private static int inside(List<Range> ranges, int outside) {
        long id = Integer.toUnsignedLong(outside);
        for (Range range : ranges) {
            if (id >= range.outside() && id < range.outside() + range.size()) {
                return (int) (range.inside() + id - range.outside());
            }
        }
        return NOBODY;
    }

    private static int outside(List<Range> ranges, int inside) {
        if (ranges.isEmpty()) {
            return inside;
        }
        long id = Integer.toUnsignedLong(inside);
        for (Range range : ranges) {
            if (id >= range.inside() && id < range.inside() + range.size()) {
                return (int) (range.outside() + id - range.inside());
            }
        }
        return inside == NOBODY ? NOBODY : outside(ranges, NOBODY);
    }
}
