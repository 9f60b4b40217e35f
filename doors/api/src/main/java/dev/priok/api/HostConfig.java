package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a create request that depends on the host, and, with its resources and restart policy alone, an update request.
 * Sizes are bytes; see the API's own description for the rest. The last five are Priok's own: durations are nanoseconds, null is
 * the daemon's default.
 */
public record HostConfig(
        List<String> binds,
        @JsonProperty("ContainerIDFile") String containerIdFile,
        @Nullable LogConfig logConfig,
        String networkMode,
        Map<String, @Nullable List<PortBinding>> portBindings,
        @Nullable Restart restartPolicy,
        boolean autoRemove,
        String volumeDriver,
        List<String> volumesFrom,
        List<Integer> consoleSize,
        Map<String, String> annotations,
        List<String> capAdd,
        List<String> capDrop,
        String cgroupnsMode,
        List<String> dns,
        List<String> dnsOptions,
        List<String> dnsSearch,
        List<String> extraHosts,
        List<String> groupAdd,
        String ipcMode,
        List<String> links,
        int oomScoreAdj,
        String pidMode,
        boolean privileged,
        boolean publishAllPorts,
        boolean readonlyRootfs,
        List<String> securityOpt,
        Map<String, String> storageOpt,
        Map<String, String> tmpfs,
        @JsonProperty("UTSMode") String utsMode,
        String usernsMode,
        long shmSize,
        Map<String, String> sysctls,
        String runtime,
        String isolation,
        List<MountRequest> mounts,
        @Nullable List<String> maskedPaths,
        @Nullable List<String> readonlyPaths,
        @Nullable Boolean init,
        long cpuShares,
        long memory,
        long nanoCpus,
        String cgroupParent,
        int blkioWeight,
        List<WeightDevice> blkioWeightDevice,
        List<RateDevice> blkioDeviceReadBps,
        List<RateDevice> blkioDeviceWriteBps,
        @JsonProperty("BlkioDeviceReadIOps") List<RateDevice> blkioDeviceReadIops,
        @JsonProperty("BlkioDeviceWriteIOps") List<RateDevice> blkioDeviceWriteIops,
        long cpuPeriod,
        long cpuQuota,
        long cpuRealtimePeriod,
        long cpuRealtimeRuntime,
        String cpusetCpus,
        String cpusetMems,
        List<Device> devices,
        List<String> deviceCgroupRules,
        List<DeviceRequest> deviceRequests,
        long memoryReservation,
        long memorySwap,
        @Nullable Long memorySwappiness,
        @Nullable Boolean oomKillDisable,
        @Nullable Long pidsLimit,
        List<Ulimit> ulimits,
        String cgroup,
        long kernelMemory,
        @JsonProperty("KernelMemoryTCP") long kernelMemoryTcp,
        long cpuCount,
        long cpuPercent,
        @JsonProperty("IOMaximumIOps") long ioMaximumIops,
        @JsonProperty("IOMaximumBandwidth") long ioMaximumBandwidth,
        @Nullable Boolean restartOnUnhealthy,
        @Nullable Long restartDelay,
        @Nullable Long restartMaxDelay,
        @Nullable Long restartReset,
        @Nullable Long startTimeout) {
    public HostConfig {
        binds = Absent.list(binds);
        containerIdFile = Absent.text(containerIdFile);
        networkMode = Absent.text(networkMode);
        portBindings = Absent.map(portBindings);
        volumeDriver = Absent.text(volumeDriver);
        volumesFrom = Absent.list(volumesFrom);
        consoleSize = Absent.list(consoleSize);
        annotations = Absent.map(annotations);
        capAdd = Absent.list(capAdd);
        capDrop = Absent.list(capDrop);
        cgroupnsMode = Absent.text(cgroupnsMode);
        dns = Absent.list(dns);
        dnsOptions = Absent.list(dnsOptions);
        dnsSearch = Absent.list(dnsSearch);
        extraHosts = Absent.list(extraHosts);
        groupAdd = Absent.list(groupAdd);
        ipcMode = Absent.text(ipcMode);
        links = Absent.list(links);
        pidMode = Absent.text(pidMode);
        securityOpt = Absent.list(securityOpt);
        storageOpt = Absent.map(storageOpt);
        tmpfs = Absent.map(tmpfs);
        utsMode = Absent.text(utsMode);
        usernsMode = Absent.text(usernsMode);
        sysctls = Absent.map(sysctls);
        runtime = Absent.text(runtime);
        isolation = Absent.text(isolation);
        mounts = Absent.list(mounts);
        cgroupParent = Absent.text(cgroupParent);
        blkioWeightDevice = Absent.list(blkioWeightDevice);
        blkioDeviceReadBps = Absent.list(blkioDeviceReadBps);
        blkioDeviceWriteBps = Absent.list(blkioDeviceWriteBps);
        blkioDeviceReadIops = Absent.list(blkioDeviceReadIops);
        blkioDeviceWriteIops = Absent.list(blkioDeviceWriteIops);
        cpusetCpus = Absent.text(cpusetCpus);
        cpusetMems = Absent.text(cpusetMems);
        devices = Absent.list(devices);
        deviceCgroupRules = Absent.list(deviceCgroupRules);
        deviceRequests = Absent.list(deviceRequests);
        ulimits = Absent.list(ulimits);
        cgroup = Absent.text(cgroup);
    }

    /** Log driver and its options. */
    public record LogConfig(String type, Map<String, String> config) {
        public LogConfig {
            type = Absent.text(type);
            config = Absent.map(config);
        }
    }

    /** The host's end of a published port. */
    public record PortBinding(@JsonProperty("HostIp") String hostIp, String hostPort) {
        public PortBinding {
            hostIp = Absent.text(hostIp);
            hostPort = Absent.text(hostPort);
        }
    }

    /** Restart policy. */
    public record Restart(String name, int maximumRetryCount) {
        public Restart {
            name = Absent.text(name);
        }
    }

    /** Relative weight of one block device. */
    public record WeightDevice(String path, int weight) {
        public WeightDevice {
            path = Absent.text(path);
        }
    }

    /** Rate of one block device. */
    public record RateDevice(String path, long rate) {
        public RateDevice {
            path = Absent.text(path);
        }
    }

    /** A device of the host. */
    public record Device(String pathOnHost, String pathInContainer, String cgroupPermissions) {
        public Device {
            pathOnHost = Absent.text(pathOnHost);
            pathInContainer = Absent.text(pathInContainer);
            cgroupPermissions = Absent.text(cgroupPermissions);
        }
    }

    /** Devices that a driver finds. */
    public record DeviceRequest(
            String driver,
            int count,
            @JsonProperty("DeviceIDs") List<String> deviceIds,
            List<List<String>> capabilities,
            Map<String, String> options) {
        public DeviceRequest {
            driver = Absent.text(driver);
            deviceIds = Absent.list(deviceIds);
            capabilities = Absent.list(capabilities);
            options = Absent.map(options);
        }
    }

    /** A resource limit of processes. */
    public record Ulimit(String name, long hard, long soft) {
        public Ulimit {
            name = Absent.text(name);
        }
    }
}
