package dev.priok.runtime;

import dev.priok.oci.runtime.ProcessSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that a further process in a container needs.
 *
 * @param id names the process in messages and in ps(1)
 * @param target the container's first process, which must be alive
 * @param process what to start
 * @param stdio where its standard streams go; must be a terminal exactly if {@code process.terminal}
 * @param cgroup the cgroups that it joins before anything else
 * @param seccomp the compiled filter of system calls
 * @param state an existing empty folder for what outlives this JVM
 */
public record ExecRequest(
        String id,
        RuntimeProcess target,
        ProcessSpec process,
        Stdio stdio,
        CgroupJoin cgroup,
        Optional<SeccompFilter> seccomp,
        Path state) {}
