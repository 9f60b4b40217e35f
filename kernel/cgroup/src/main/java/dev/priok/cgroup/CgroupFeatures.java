package dev.priok.cgroup;

/**
 * Which limits this host can hold; {@code /info} of the Engine API shows most of them.
 *
 * @param memoryLimit a hard ceiling on memory
 * @param swapLimit a ceiling on memory and swap together
 * @param memoryReservation a soft limit
 * @param swappiness per group
 * @param oomKillDisable processes may wait instead of being killed
 * @param oomEvents kills at the ceiling are told
 * @param cpuShares weights
 * @param cpuQuota ceilings per period
 * @param cpuRealtime real-time shares
 * @param cpuset pinning
 * @param pids a ceiling on processes
 * @param blockIoWeight weights of block devices
 * @param blockIoThrottle ceilings of block devices
 * @param hugePages ceilings on huge pages
 * @param devices a policy for device nodes
 */
public record CgroupFeatures(
        boolean memoryLimit,
        boolean swapLimit,
        boolean memoryReservation,
        boolean swappiness,
        boolean oomKillDisable,
        boolean oomEvents,
        boolean cpuShares,
        boolean cpuQuota,
        boolean cpuRealtime,
        boolean cpuset,
        boolean pids,
        boolean blockIoWeight,
        boolean blockIoThrottle,
        boolean hugePages,
        boolean devices) {}
