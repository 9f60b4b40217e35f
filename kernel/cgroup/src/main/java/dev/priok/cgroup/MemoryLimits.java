package dev.priok.cgroup;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Limits on memory. Empty means "as it is"; -1 means "none".
 *
 * @param limitBytes hard ceiling
 * @param limitWithSwapBytes hard ceiling of memory and swap together, at least {@code limitBytes}
 * @param reservationBytes what is left to this group when the machine runs short
 * @param swappiness 0 to 100; v1 alone
 * @param oomKillDisabled processes wait instead of being killed at the ceiling; v1 alone
 */
public record MemoryLimits(
        OptionalLong limitBytes,
        OptionalLong limitWithSwapBytes,
        OptionalLong reservationBytes,
        OptionalInt swappiness,
        boolean oomKillDisabled) {
    public static final MemoryLimits NONE = new MemoryLimits(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), false);

    /** Only a hard ceiling. */
    public static MemoryLimits ofBytes(long limitBytes) {
        return new MemoryLimits(
                OptionalLong.of(limitBytes), OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), false);
    }
}
