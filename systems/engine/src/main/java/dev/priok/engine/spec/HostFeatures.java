package dev.priok.engine.spec;

import java.util.Set;

/**
 * What this host can do, as far as checks of a request need it.
 *
 * @param cgroupVersion 1 or 2, as Docker counts
 * @param cpus processors
 * @param availableCpus such as {@code 0-3}; empty when unknown
 * @param availableMemoryNodes such as {@code 0}; empty when unknown
 * @param capabilities that this daemon can give away
 * @param initAvailable whether {@code --init} can be served
 * @param recursiveReadOnly whether the kernel has mount_setattr (5.12)
 */
public record HostFeatures(
        int cgroupVersion,
        int cpus,
        String availableCpus,
        String availableMemoryNodes,
        Set<String> capabilities,
        boolean initAvailable,
        boolean recursiveReadOnly) {
    public HostFeatures {
        capabilities = Set.copyOf(capabilities);
    }
}
