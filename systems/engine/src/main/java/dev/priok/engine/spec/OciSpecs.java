package dev.priok.engine.spec;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.IdRemap;
import dev.priok.engine.Limits;
import dev.priok.engine.SecuritySpec;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Computes the OCI runtime configuration of a container as Docker does (moby {@code daemon/oci_linux.go}). */
public final class OciSpecs {
    private static final List<String> READONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
    /** In Docker's order, which inspect shows. */
    private static final List<String> MASKED_PATHS = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");
    /** Where the reaping first process is bound inside, as Docker's. */
    private static final String INIT_INSIDE = "/sbin/docker-init";

    private OciSpecs() {}

    public static RuntimeSpec of(OciInputs in) {
        ContainerSpec spec = in.spec();
        boolean privileged = spec.security().privileged();
        List<String> masked = spec.security().maskedPaths();
        List<String> readonly = spec.security().readonlyPaths();
        // A user namespace that is joined has its mapping already.
        Optional<IdRemap> fresh = in.joined().user().isPresent() ? Optional.empty() : in.remap();
        LinuxSpec linux = new LinuxSpec(
                fresh.map(IdRemap::uids).orElse(List.of()),
                fresh.map(IdRemap::gids).orElse(List.of()),
                sysctls(in),
                null,
                null,
                namespaces(in),
                in.devices(),
                null,
                propagation(in),
                masked != null ? masked : privileged ? List.of() : defaultMaskedPaths(in.host()),
                readonly != null ? readonly : privileged ? List.of() : READONLY_PATHS,
                null,
                Map.of());
        boolean ownUts = !spec.namespaces().uts().equals("host");
        return new RuntimeSpec(
                RuntimeSpec.VERSION,
                process(in),
                new RuntimeSpec.Root("rootfs", spec.security().readonlyRootfs()),
                ownUts ? in.hostname() : null,
                ownUts && !spec.domainname().isEmpty() ? spec.domainname() : null,
                OciMounts.of(in, INIT_INSIDE),
                null,
                spec.host().annotations(),
                linux);
    }

    private static ProcessSpec process(OciInputs in) {
        ContainerSpec spec = in.spec();
        dev.priok.engine.ProcessSpec wanted = spec.process();
        List<String> args = new ArrayList<>(in.program());
        if (in.reaps()) {
            args.addAll(0, List.of(INIT_INSIDE, "--"));
        }
        List<ProcessSpec.Rlimit> rlimits = new ArrayList<>();
        for (Limits.Ulimit ulimit : spec.limits().ulimits()) {
            rlimits.add(new ProcessSpec.Rlimit(Rlimits.kernelName(ulimit.name()), ulimit.hard(), ulimit.soft()));
        }
        boolean sized = wanted.tty() && wanted.consoleHeight() > 0 && wanted.consoleWidth() > 0;
        Accounts.Identity identity = in.identity();
        return new ProcessSpec(
                wanted.tty(),
                sized ? new ProcessSpec.ConsoleSize(wanted.consoleHeight(), wanted.consoleWidth()) : null,
                new ProcessSpec.User(identity.uid(), identity.gid(), null, identity.additionalGids()),
                args,
                Environment.of(in.hostname(), wanted.tty(), in.links(), wanted.env(), identity.home()),
                wanted.workingDir().isEmpty() ? "/" : wanted.workingDir(),
                capabilities(
                        spec,
                        in.host().capabilities(),
                        identity.uid(),
                        spec.security().privileged()),
                rlimits,
                SecurityOptions.parse(spec.security()).noNewPrivileges(),
                null,
                spec.host().oomScoreAdj(),
                null,
                null);
    }

    /** What a process may do; one that is not root gets a ceiling alone, as execve(2) would leave it. */
    public static ProcessSpec.Capabilities capabilities(
            ContainerSpec spec, Set<String> available, int uid, boolean privileged) {
        List<String> names = CapabilityNames.effective(
                privileged, spec.security().capAdd(), spec.security().capDrop(), available);
        return uid == 0
                ? ProcessSpec.Capabilities.of(names)
                : new ProcessSpec.Capabilities(names, List.of(), List.of(), List.of(), List.of());
    }

    private static List<Namespace> namespaces(OciInputs in) {
        ContainerSpec spec = in.spec();
        List<Namespace> all = new ArrayList<>();
        all.add(Namespace.of(NamespaceType.MOUNT));
        add(
                all,
                NamespaceType.NETWORK,
                in.joined().network().orElse(null),
                spec.network().mode().equals("host"));
        add(all, NamespaceType.UTS, null, spec.namespaces().uts().equals("host"));
        add(
                all,
                NamespaceType.PID,
                in.joined().pid().orElse(null),
                spec.namespaces().pid().equals("host"));
        add(
                all,
                NamespaceType.IPC,
                in.joined().ipc().orElse(null),
                spec.namespaces().ipc().equals("host"));
        String cgroup = spec.namespaces().cgroup();
        boolean hostCgroup = cgroup.isEmpty() ? in.host().cgroupVersion() == 1 : cgroup.equals("host");
        add(all, NamespaceType.CGROUP, null, hostCgroup);
        add(all, NamespaceType.USER, in.joined().user().orElse(null), in.remap().isEmpty());
        return all;
    }

    private static void add(
            List<Namespace> all, NamespaceType type, @org.jspecify.annotations.Nullable String path, boolean host) {
        if (!host) {
            all.add(new Namespace(type, path));
        }
    }

    private static Map<String, String> sysctls(OciInputs in) {
        Map<String, String> all = new LinkedHashMap<>();
        boolean ownNetwork = !in.spec().network().mode().equals("host")
                && !in.spec().network().mode().startsWith("container:");
        if (ownNetwork) {
            all.put("net.ipv4.ip_unprivileged_port_start", "0");
            if (in.remap().isEmpty()) {
                // Groups that are not mapped cannot be named.
                all.put("net.ipv4.ping_group_range", "0 2147483647");
            }
        }
        all.putAll(in.spec().host().sysctls());
        return all;
    }

    private static @org.jspecify.annotations.Nullable String propagation(OciInputs in) {
        String strongest = null;
        for (PlannedMount mount : in.mounts()) {
            String p = mount.point().propagation();
            if (p.endsWith("shared")) {
                return "shared";
            }
            if (p.endsWith("slave")) {
                strongest = "rslave";
            }
        }
        return strongest;
    }

    /** Masked and read-only paths, with Docker's defaults where nothing was said; a privileged container has none. */
    public static SecuritySpec withDefaultPaths(SecuritySpec s, HostFeatures host) {
        if (s.privileged()) {
            return s;
        }
        return new SecuritySpec(
                s.capAdd(),
                s.capDrop(),
                false,
                s.securityOpt(),
                s.maskedPaths() == null ? defaultMaskedPaths(host) : s.maskedPaths(),
                s.readonlyPaths() == null ? READONLY_PATHS : s.readonlyPaths(),
                s.readonlyRootfs());
    }

    private static List<String> defaultMaskedPaths(HostFeatures host) {
        List<String> all = new ArrayList<>(MASKED_PATHS);
        for (int cpu = 0; cpu < host.cpus(); cpu++) {
            String path = "/sys/devices/system/cpu/cpu" + cpu + "/thermal_throttle";
            if (Files.exists(Path.of(path))) {
                all.add(path);
            }
        }
        return all;
    }
}
