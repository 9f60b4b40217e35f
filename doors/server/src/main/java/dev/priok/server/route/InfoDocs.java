package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.engine.SystemInfo;
import java.util.List;

/** The document of {@code docker info}. */
final class InfoDocs {
    private InfoDocs() {}

    static Doc of(SystemInfo.EngineInfo info, long openRequests, ApiVersion version) {
        var none = new Doc().with("ID", "");
        var document = new Doc()
                .with("ID", info.id())
                .with("Containers", info.containers())
                .with("ContainersRunning", info.running())
                .with("ContainersPaused", info.paused())
                .with("ContainersStopped", info.stopped())
                .with("Images", info.images())
                .with("Driver", info.storageDriver())
                .with("DriverStatus", info.storageStatus())
                .with("Plugins", plugins(info))
                .with("MemoryLimit", info.memoryLimit())
                .with("SwapLimit", info.swapLimit())
                .with("CpuCfsPeriod", info.cpuCfs())
                .with("CpuCfsQuota", info.cpuCfs())
                .with("CPUShares", info.cpuShares())
                .with("CPUSet", info.cpuSet())
                .with("PidsLimit", info.pidsLimit())
                .with("IPv4Forwarding", info.ipv4Forwarding())
                .with("Debug", info.debug())
                .with("NFd", info.fileDescriptors())
                .with("OomKillDisable", info.oomKillDisable())
                // Threads, and the virtual ones that answer.
                .with("NGoroutines", info.goroutines() + openRequests)
                .with("SystemTime", GoTime.text(info.systemTime()))
                .with("LoggingDriver", info.loggingDriver())
                .with("CgroupDriver", info.cgroupDriver())
                .with("CgroupVersion", info.cgroupVersion())
                .with("NEventsListener", info.eventListeners())
                .with("KernelVersion", info.kernelVersion())
                .with("OperatingSystem", info.operatingSystem())
                .with("OSVersion", info.osVersion())
                .with("OSType", "linux")
                .with("Architecture", info.architecture())
                .with("IndexServerAddress", "https://index.docker.io/v1/")
                .with("RegistryConfig", registries())
                .with("NCPU", info.cpus())
                .with("MemTotal", info.memoryBytes())
                .with("GenericResources", null)
                .with("DockerRootDir", info.rootDir())
                .with("HttpProxy", "")
                .with("HttpsProxy", "")
                .with("NoProxy", "")
                .with("Name", info.name())
                .with("Labels", info.labels())
                .with("ExperimentalBuild", false)
                .with("ServerVersion", ApiVersion.dockerRelease(info.version()))
                .with("Runtimes", runtimes(info))
                .with("DefaultRuntime", info.defaultRuntime())
                .with("Swarm", noSwarm())
                .with("LiveRestoreEnabled", info.liveRestore())
                .with("Isolation", "")
                .with("InitBinary", info.initBinary())
                .with("ContainerdCommit", none)
                .with("RuncCommit", none)
                .with("InitCommit", none)
                .with("SecurityOptions", info.securityOptions())
                .with("CDISpecDirs", info.deviceFolders())
                .unlessEmpty(
                        "DiscoveredDevices",
                        info.devices().stream()
                                .map(id -> new Doc().with("Source", "cdi").with("ID", id))
                                .toList())
                .with("Warnings", info.warnings());
        return version.atLeast(49) ? document.with("FirewallBackend", new Doc().with("Driver", "nftables")) : document;
    }

    private static Doc plugins(SystemInfo.EngineInfo info) {
        return new Doc()
                .with("Volume", info.volumeDrivers())
                .with("Network", info.networkDrivers())
                .with("Authorization", null)
                .with("Log", info.loggingDrivers());
    }

    private static Doc registries() {
        return new Doc()
                .with("InsecureRegistryCIDRs", List.of("::1/128", "127.0.0.0/8"))
                .with("IndexConfigs", new Doc())
                .with("Mirrors", null);
    }

    private static Doc runtimes(SystemInfo.EngineInfo info) {
        var runtimes = new Doc();
        info.runtimes().forEach(name -> runtimes.with(name, new Doc().with("path", name)));
        return runtimes;
    }

    private static Doc noSwarm() {
        return new Doc()
                .with("NodeID", "")
                .with("NodeAddr", "")
                .with("LocalNodeState", "inactive")
                .with("ControlAvailable", false)
                .with("Error", "")
                .with("RemoteManagers", null);
    }
}
