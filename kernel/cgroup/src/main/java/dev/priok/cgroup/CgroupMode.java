package dev.priok.cgroup;

/** How a host has its control groups mounted. */
public enum CgroupMode {
    /** A hierarchy per controller; what Docker calls cgroup version 1. */
    V1,
    /** One hierarchy for everything; cgroup version 2. */
    V2,
    /** Controllers on v1 hierarchies and an empty v2 beside them: limits by v1, killing and freezing by v2. */
    HYBRID;

    /** The version that Docker reports for such a host: 1 or 2. */
    public int dockerVersion() {
        return this == V2 ? 2 : 1;
    }
}
