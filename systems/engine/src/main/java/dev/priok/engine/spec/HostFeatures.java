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
 * @param reaper the program on the host that runs as first process with {@code --init}
 * @param recursiveReadOnly whether the kernel has mount_setattr (5.12)
 */
public record HostFeatures(
        int cgroupVersion,
        int cpus,
        String availableCpus,
        String availableMemoryNodes,
        Set<String> capabilities,
        String reaper,
        boolean recursiveReadOnly) {
    public HostFeatures {
        capabilities = Set.copyOf(capabilities);
    }
}
