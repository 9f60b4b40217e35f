package dev.priok.runtime;

import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that a container's first process needs.
 *
 * @param id names the process in messages and in ps(1)
 * @param spec the configuration; {@code root.path} and {@code linux.resources} are not read, {@code linux.seccomp} neither
 * @param rootfs the root file system
 * @param stdio where its standard streams go; must be a terminal exactly if {@code spec.process.terminal}
 * @param cgroup the cgroups that it joins before anything else
 * @param seccomp the compiled filter of system calls
 * @param state an existing empty folder for what outlives this JVM
 * @param patience how long the start may take, hooks included
 */
public record StartRequest(
        String id,
        RuntimeSpec spec,
        Rootfs rootfs,
        Stdio stdio,
        CgroupJoin cgroup,
        Optional<SeccompFilter> seccomp,
        Path state,
        Duration patience) {
    /** Starting takes milliseconds; a mount of a dead network file system is the only known thing that takes longer. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(2);

    /** A request with the default patience. */
    public StartRequest(
            String id,
            RuntimeSpec spec,
            Rootfs rootfs,
            Stdio stdio,
            CgroupJoin cgroup,
            Optional<SeccompFilter> seccomp,
            Path state) {
        this(id, spec, rootfs, stdio, cgroup, seccomp, state, DEFAULT_PATIENCE);
    }

    /** This request with other mounts. */
    public StartRequest withMounts(List<MountSpec> mounts) {
        RuntimeSpec changed = new RuntimeSpec(
                spec.ociVersion(),
                spec.process(),
                spec.root(),
                spec.hostname(),
                spec.domainname(),
                mounts,
                spec.hooks(),
                spec.annotations(),
                spec.linux());
        return new StartRequest(id, changed, rootfs, stdio, cgroup, seccomp, state, patience);
    }
}
