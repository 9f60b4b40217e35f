package dev.priok.server.route;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.DeviceSpec;
import dev.priok.engine.HostSpec;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.Upkeep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The HostConfig of a container, as inspect shows it. */
final class HostConfigDocs {
    private HostConfigDocs() {}

    static Doc of(ContainerSpec spec) {
        StorageSpec storage = spec.storage();
        NetworkSpec network = spec.network();
        SecuritySpec security = spec.security();
        NamespaceSpec namespaces = spec.namespaces();
        HostSpec host = spec.host();
        var document = new Doc()
                .with("Binds", orNull(storage.binds()))
                .with("ContainerIDFile", host.containerIdFile())
                .with(
                        "LogConfig",
                        new Doc()
                                .with("Type", spec.logging().driver())
                                .with("Config", spec.logging().options()))
                .with("NetworkMode", network.mode())
                .with("PortBindings", ports(network))
                .with(
                        "RestartPolicy",
                        new Doc()
                                .with("Name", spec.restart().name())
                                .with("MaximumRetryCount", spec.restart().maximumRetryCount()))
                .with("AutoRemove", host.autoRemove())
                .with("VolumeDriver", storage.volumeDriver())
                .with("VolumesFrom", orNull(storage.volumesFrom()))
                .with(
                        "ConsoleSize",
                        List.of(spec.process().consoleHeight(), spec.process().consoleWidth()))
                .unlessEmpty("Annotations", host.annotations())
                .with("CapAdd", orNull(security.capAdd()))
                .with("CapDrop", orNull(security.capDrop()))
                .with("CgroupnsMode", namespaces.cgroup())
                .with("Dns", network.dns())
                .with("DnsOptions", network.dnsOptions())
                .with("DnsSearch", network.dnsSearch())
                .with("ExtraHosts", orNull(network.extraHosts()))
                .with("GroupAdd", orNull(spec.process().groupAdd()))
                .with("IpcMode", namespaces.ipc())
                .with("Cgroup", "")
                .with("Links", orNull(network.links()))
                .with("OomScoreAdj", host.oomScoreAdj())
                .with("PidMode", namespaces.pid())
                .with("Privileged", security.privileged())
                .with("PublishAllPorts", network.publishAllPorts())
                .with("ReadonlyRootfs", security.readonlyRootfs())
                .with("SecurityOpt", orNull(security.securityOpt()))
                .unlessEmpty("StorageOpt", storage.options())
                .unlessEmpty("Tmpfs", storage.tmpfs())
                .with("UTSMode", namespaces.uts())
                .with("UsernsMode", namespaces.user())
                .with("ShmSize", storage.shmBytes())
                .unlessEmpty("Sysctls", host.sysctls())
                .with("Runtime", host.runtime())
                .with("Isolation", host.isolation())
                .unlessEmpty(
                        "Mounts",
                        storage.mounts().stream().map(HostConfigDocs::mount).toList());
        if (host.init() != null) {
            document.with("Init", host.init());
        }
        putUpkeep(document, host.upkeep());
        LimitSpecs.put(document, spec.limits());
        putDevices(document, spec.devices());
        return document.with("MaskedPaths", security.maskedPaths()).with("ReadonlyPaths", security.readonlyPaths());
    }

    /** Only what was asked for: other clients know nothing of it. */
    private static void putUpkeep(Doc document, Upkeep upkeep) {
        if (upkeep.restartOnUnhealthy() != null) {
            document.with("RestartOnUnhealthy", upkeep.restartOnUnhealthy());
        }
        putDuration(document, "RestartDelay", upkeep.restartDelay());
        putDuration(document, "RestartMaxDelay", upkeep.restartMaxDelay());
        putDuration(document, "RestartReset", upkeep.restartReset());
        putDuration(document, "StartTimeout", upkeep.startTimeout());
    }

    private static void putDuration(Doc document, String name, @Nullable Duration duration) {
        if (duration != null) {
            document.with(name, duration.toNanos());
        }
    }

    private static <T> @Nullable List<T> orNull(List<T> list) {
        return list.isEmpty() ? null : list;
    }

    private static Doc ports(NetworkSpec network) {
        var document = new Doc();
        network.portBindings()
                .forEach((port, bindings) -> document.with(
                        port,
                        bindings.stream()
                                .map(b -> new Doc().with("HostIp", b.hostIp()).with("HostPort", b.hostPort()))
                                .toList()));
        return document;
    }

    private static void putDevices(Doc document, DeviceSpec devices) {
        document.with(
                        "Devices",
                        devices.devices().stream()
                                .map(d -> new Doc()
                                        .with("PathOnHost", d.pathOnHost())
                                        .with("PathInContainer", d.pathInContainer())
                                        .with("CgroupPermissions", d.permissions()))
                                .toList())
                .with("DeviceCgroupRules", orNull(devices.cgroupRules()))
                .with(
                        "DeviceRequests",
                        orNull(devices.requests().stream()
                                .map(r -> new Doc()
                                        .with("Driver", r.driver())
                                        .with("Count", r.count())
                                        .with("DeviceIDs", orNull(r.deviceIds()))
                                        .with("Capabilities", orNull(r.capabilities()))
                                        .with("Options", r.options().isEmpty() ? null : r.options()))
                                .toList()));
    }

    private static Doc mount(StorageSpec.Mount mount) {
        var document = new Doc()
                .with("Type", mount.type())
                .unlessEmpty("Source", mount.source())
                .with("Target", mount.target())
                .unlessEmpty("ReadOnly", mount.readOnly())
                .unlessEmpty("Consistency", mount.consistency());
        StorageSpec.BindOptions bind = mount.bind();
        if (bind != null) {
            document.with(
                    "BindOptions",
                    new Doc()
                            .unlessEmpty("Propagation", bind.propagation())
                            .unlessEmpty("NonRecursive", bind.nonRecursive())
                            .unlessEmpty("CreateMountpoint", bind.createMountpoint())
                            .unlessEmpty("ReadOnlyNonRecursive", bind.readOnlyNonRecursive())
                            .unlessEmpty("ReadOnlyForceRecursive", bind.readOnlyForceRecursive()));
        }
        StorageSpec.VolumeOptions volume = mount.volume();
        if (volume != null) {
            document.with("VolumeOptions", volumeOptions(volume));
        }
        StorageSpec.TmpfsOptions tmpfs = mount.tmpfs();
        if (tmpfs != null) {
            document.with(
                    "TmpfsOptions",
                    new Doc()
                            .unlessEmpty("SizeBytes", tmpfs.sizeBytes())
                            .unlessEmpty("Mode", tmpfs.mode())
                            .unlessEmpty("Options", tmpfs.options()));
        }
        if (!mount.imageSubpath().isEmpty()) {
            document.with("ImageOptions", Map.of("Subpath", mount.imageSubpath()));
        }
        return document;
    }

    private static Doc volumeOptions(StorageSpec.VolumeOptions volume) {
        var document = new Doc()
                .unlessEmpty("NoCopy", volume.noCopy())
                .unlessEmpty("Labels", volume.labels())
                .unlessEmpty("Subpath", volume.subpath());
        if (!volume.driverName().isEmpty() || !volume.driverOptions().isEmpty()) {
            document.with(
                    "DriverConfig",
                    new Doc().unlessEmpty("Name", volume.driverName()).unlessEmpty("Options", volume.driverOptions()));
        }
        return document;
    }
}
