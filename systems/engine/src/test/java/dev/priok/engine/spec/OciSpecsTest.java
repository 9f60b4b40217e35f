package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.SecuritySpec;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OciSpecsTest {
    private static final ContainerSpec BASE = ContainerSpec.of("busybox", "true");

    private static RuntimeSpec spec(ContainerSpec spec, List<PlannedMount> mounts, int uid) {
        return OciSpecs.of(new OciInputs(
                "0123456789abcdef".repeat(4),
                spec,
                List.of("true"),
                mounts,
                new Accounts.Identity(uid, 0, List.of(0), "/root"),
                "box",
                new ContainerView.Files("/c/resolv.conf", "/c/hostname", "/c/hosts", ""),
                List.of(),
                List.of(),
                OciInputs.Joined.NONE,
                Optional.empty(),
                Optional.empty(),
                new HostFeatures(1, 1, "0", "0", Set.copyOf(CapabilityNames.ALL), "/reaper", true)));
    }

    private static List<String> targets(RuntimeSpec spec) {
        return spec.mounts().stream().map(MountSpec::destination).toList();
    }

    @Test
    void defaults_areDockers() {
        RuntimeSpec spec = spec(BASE, List.of(), 0);
        assertEquals(
                List.of(
                        "/proc",
                        "/dev",
                        "/dev/pts",
                        "/sys",
                        "/sys/fs/cgroup",
                        "/dev/mqueue",
                        "/dev/shm",
                        "/etc/resolv.conf",
                        "/etc/hostname",
                        "/etc/hosts"),
                targets(spec));
        ProcessSpec process = spec.process();
        assertEquals(
                List.of(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOSTNAME=box",
                        "HOME=/root"),
                process.env());
        assertEquals(14, process.capabilities().effective().size());
        assertEquals(List.of(), process.capabilities().ambient());
        assertEquals(
                List.of(
                        NamespaceType.MOUNT,
                        NamespaceType.NETWORK,
                        NamespaceType.UTS,
                        NamespaceType.PID,
                        NamespaceType.IPC),
                spec.linux().namespaces().stream().map(Namespace::type).toList());
        assertEquals(
                Map.of("net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ping_group_range", "0 2147483647"),
                spec.linux().sysctl());
        assertTrue(spec.linux().maskedPaths().contains("/proc/kcore"));
        assertEquals(0, process.oomScoreAdj());
    }

    @Test
    void otherUser_hasOnlyABoundingSet() {
        ProcessSpec process = spec(BASE, List.of(), 1000).process();
        assertEquals(14, process.capabilities().bounding().size());
        assertEquals(List.of(), process.capabilities().effective());
        assertEquals(List.of(), process.capabilities().permitted());
    }

    @Test
    void privileged_hidesNothing() {
        SecuritySpec privileged = new SecuritySpec(List.of(), List.of(), true, List.of(), null, null, false);
        RuntimeSpec spec = spec(BASE.withSecurity(privileged), List.of(), 0);
        assertEquals(List.of(), spec.linux().maskedPaths());
        assertEquals(List.of(), spec.linux().readonlyPaths());
        assertEquals(
                CapabilityNames.ALL.size(),
                spec.process().capabilities().effective().size());
        MountSpec sys = spec.mounts().stream()
                .filter(m -> m.destination().equals("/sys"))
                .findFirst()
                .orElseThrow();
        assertFalse(sys.options().contains("ro"));
    }

    @Test
    void hostNamespaces_areNotMade() {
        RuntimeSpec spec = spec(
                BASE.withNetwork(NetworkSpec.DEFAULT.withMode("host"))
                        .withNamespaces(new NamespaceSpec("host", "host", "host", "", "host")),
                List.of(),
                0);
        assertEquals(
                List.of(NamespaceType.MOUNT),
                spec.linux().namespaces().stream().map(Namespace::type).toList());
        assertEquals(Map.of(), spec.linux().sysctl());
        assertEquals(null, spec.hostname());
    }

    @Test
    void userMount_replacesDefault() {
        PlannedMount dev = new PlannedMount(
                new MountPoint("bind", "", "/dev", "/dev", "", "ro", false, "rprivate"),
                List.of("rbind"),
                true,
                false,
                false);
        RuntimeSpec spec = spec(BASE, List.of(dev), 0);
        assertEquals(
                List.of("/proc", "/sys", "/sys/fs/cgroup", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/dev"),
                targets(spec));
        assertEquals(
                List.of("rbind", "rro", "rprivate"), spec.mounts().getLast().options());
    }

    @Test
    void readonlyRootfs_reachesFilesOfEtc() {
        SecuritySpec readonly = new SecuritySpec(List.of(), List.of(), false, List.of(), null, null, true);
        RuntimeSpec spec = spec(BASE.withSecurity(readonly), List.of(), 0);
        assertTrue(spec.root().readonly());
        assertTrue(spec.mounts().getLast().options().contains("ro"));
        assertFalse(spec.mounts().getFirst().options().contains("ro"));
    }

    @Test
    void capabilities_dropThenAdd() {
        Set<String> all = Set.copyOf(CapabilityNames.ALL);
        assertEquals(List.of("CAP_CHOWN"), CapabilityNames.effective(false, List.of("chown"), List.of("ALL"), all));
        assertEquals(
                CapabilityNames.ALL.size() - 1,
                CapabilityNames.effective(false, List.of("all"), List.of("CAP_SYS_ADMIN"), all)
                        .size());
        assertEquals(
                13,
                CapabilityNames.effective(false, List.of(), List.of("MKNOD"), all)
                        .size());
    }
}
