package dev.priok.engine.internal;

import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Figures;
import dev.priok.engine.Filters;
import dev.priok.engine.Images;
import dev.priok.engine.SystemInfo;
import dev.priok.engine.Volumes.VolumeView;
import dev.priok.engine.device.CdiFolders;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.HostName;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.logs.LogDrivers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code docker info}, {@code docker version} and {@code docker system df} show. */
final class SystemFacts implements SystemInfo {
    private final Machine machine;
    private final Lifecycles machinery;
    private final ImagesOfStore images;
    private final ContainersOfEngine containers;
    private final LocalVolumes volumes;
    private final String engineId;

    SystemFacts(
            Machine machine,
            Lifecycles machinery,
            ImagesOfStore images,
            ContainersOfEngine containers,
            LocalVolumes volumes,
            String engineId) {
        this.machine = machine;
        this.machinery = machinery;
        this.images = images;
        this.containers = containers;
        this.volumes = volumes;
        this.engineId = engineId;
    }

    @Override
    public EngineInfo info() {
        CgroupHierarchy cgroups = machine.parts().cgroups();
        CgroupFeatures features = cgroups.features();
        Collection<Container> all = machinery.registry().all();
        int running = (int) all.stream()
                .map(Container::state)
                .filter(s -> s.running() && !s.paused())
                .count();
        int paused = (int) all.stream()
                .map(Container::state)
                .filter(ContainerState::paused)
                .count();
        Map<String, String> os = MachineInfo.osRelease();
        return new EngineInfo(
                engineId,
                HostName.read(),
                machine.config().version(),
                all.size(),
                running,
                paused,
                all.size() - running - paused,
                machine.parts().images().list().size(),
                ContainerViews.DRIVER,
                List.of(List.of("driver-type", "dev.priok.snapshot.overlay")),
                machine.config().dataRoot().toString(),
                machine.config().logging().driver(),
                LogDrivers.names(),
                List.of("local"),
                List.of("bridge", "host", "null"),
                "cgroupfs",
                Integer.toString(cgroups.mode().dockerVersion()),
                MachineInfo.kernelVersion(),
                os.getOrDefault("PRETTY_NAME", "Linux"),
                os.getOrDefault("VERSION_ID", ""),
                architecture(),
                machine.host().cpus(),
                MachineInfo.memoryKib() * 1024,
                features.memoryLimit(),
                features.swapLimit(),
                features.cpuQuota(),
                features.cpuShares(),
                features.cpuset(),
                features.pids(),
                features.oomKillDisable(),
                MachineInfo.ipv4Forwarding(),
                machine.config().debug(),
                machine.config().farewell().isEmpty(),
                MachineInfo.descriptors(),
                Thread.getAllStackTraces().size(),
                machine.events().subscribers(),
                "priok",
                List.of("priok"),
                "priok-init",
                securityOptions(),
                machine.config().labels(),
                warnings(features),
                machine.now(),
                machine.config().deviceSpecs().stream().map(Path::toString).toList(),
                new CdiFolders(machine.config().deviceSpecs()).names());
    }

    private List<String> securityOptions() {
        List<String> options = new ArrayList<>(List.of("name=seccomp,profile=builtin"));
        if (machine.host().cgroupVersion() == 2) {
            options.add("name=cgroupns");
        }
        if (machine.config().remap().isPresent()) {
            options.add("name=userns");
        }
        if (machine.config().containers().noNewPrivileges()) {
            options.add("name=no-new-privileges");
        }
        return options;
    }

    private static List<String> warnings(CgroupFeatures features) {
        List<String> warnings = new ArrayList<>();
        if (!features.memoryLimit()) {
            warnings.add("WARNING: No memory limit support");
        }
        if (!features.swapLimit()) {
            warnings.add("WARNING: No swap limit support");
        }
        if (!features.cpuQuota()) {
            warnings.add("WARNING: No cpu cfs quota support");
        }
        if (!features.cpuset()) {
            warnings.add("WARNING: No cpuset support");
        }
        return warnings;
    }

    private static String architecture() {
        return Platform.current().architecture().equals("arm64") ? "aarch64" : "x86_64";
    }

    @Override
    public Version version() {
        return new Version(
                machine.config().version(),
                build("Priok-Commit"),
                build("Priok-Built"),
                Runtime.version().toString(),
                "linux",
                Platform.current().architecture(),
                MachineInfo.kernelVersion());
    }

    /** What the build noted in the module's manifest; empty in a build that noted nothing. */
    private static String build(String key) {
        return Optional.ofNullable(System.getProperty(key)).orElse("");
    }

    @Override
    public DiskUsage diskUsage(boolean withContainers, boolean withImages, boolean withVolumes) {
        List<Images.Summary> imageRows = withImages ? images.list(false, true, Filters.NONE) : List.of();
        List<ContainerView> containerRows = withContainers ? containers.allWithSizes() : List.of();
        List<VolumeView> volumeRows = withVolumes ? volumes.allWithUsage() : List.of();
        long layers = withImages
                ? machine.parts().snapshotter().layers().stream()
                        .mapToLong(dev.priok.snapshot.Layer::size)
                        .sum()
                : 0;
        return new DiskUsage(layers, imageRows, containerRows, volumeRows);
    }

    @Override
    public Figures figures() {
        return FiguresOfEngine.read(machine, volumes);
    }

    @Override
    public Map<String, String> components() {
        return Map.of("priok-init", machine.config().version());
    }
}
