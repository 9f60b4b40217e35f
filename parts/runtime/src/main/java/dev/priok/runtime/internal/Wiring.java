package dev.priok.runtime.internal;

import dev.priok.init.Flow;
import dev.priok.init.Slot;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The descriptors that a process and its monitor are born with. Tests and {@code stepsOf} make one of mere names.
 *
 * @param control the monitor's end of the pipe of commands
 * @param report the monitor's end of the pipe of reports
 * @param events file of reports
 * @param index file of times at which journals grew
 * @param stdio what becomes descriptors 0, 1 and 2 of the process
 * @param terminal whether those are a terminal
 * @param devpts a detached instance of devpts that the terminal is of, to be mounted as {@code /dev/pts}
 * @param rootfs a detached mount of the root file system, to be attached
 * @param input write end of the standard input, for the monitor to hold
 * @param streams what the monitor moves while the daemon is away
 * @param spillBytes how much of it at most
 * @param lonelySignal what the process is sent when the daemon goes, or 0
 * @param tasks files to write {@code 0} to
 * @param cgroup directory of cgroup v2
 * @param joined namespaces to join; a user namespace is always among them, made beforehand if it is new
 * @param owners user namespaces whose mappings mounts have, by the place of the mount in the configuration
 * @param filled detached mounts made beforehand, by the place of the mount in the configuration
 * @param hooks what the process waits for the daemon and runs hooks by
 * @param inMonitor numbers that the monitor keeps, besides those for the process
 * @param all numbers that are inherited
 */
record Wiring(
        Slot control,
        Slot report,
        Slot events,
        Slot index,
        List<Slot> stdio,
        boolean terminal,
        Optional<Slot> devpts,
        Optional<Slot> rootfs,
        Slot input,
        List<Flow.Stream> streams,
        long spillBytes,
        int lonelySignal,
        List<Slot> tasks,
        Slot cgroup,
        Map<NamespaceType, Slot> joined,
        Map<Integer, Slot> owners,
        Map<Integer, Slot> filled,
        Optional<HookRuns.Wired> hooks,
        List<Integer> inMonitor,
        List<Integer> all) {}
