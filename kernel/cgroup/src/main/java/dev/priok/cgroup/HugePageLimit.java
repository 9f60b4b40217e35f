package dev.priok.cgroup;

/**
 * A ceiling on huge pages of one size.
 *
 * @param pageSize as the kernel names it in file names, such as {@code 2MB}
 */
public record HugePageLimit(String pageSize, long bytes) {
    public HugePageLimit {
        if (!pageSize.matches("[0-9]+[KMG]B")) {
            throw new IllegalArgumentException("not a huge page size: " + pageSize);
        }
    }
}
