package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the engine knows of itself and of its machine. */
public interface SystemInfo {
    EngineInfo info();

    /** The body of {@code docker info}; the door adds what it knows itself. */
    record EngineInfo(
            String id,
            String name,
            String version,
            int containers,
            int running,
            int paused,
            int stopped,
            int images,
            String storageDriver,
            List<List<String>> storageStatus,
            String rootDir,
            String loggingDriver,
            List<String> loggingDrivers,
            List<String> volumeDrivers,
            List<String> networkDrivers,
            String cgroupDriver,
            String cgroupVersion,
            String kernelVersion,
            String operatingSystem,
            String osVersion,
            String architecture,
            int cpus,
            long memoryBytes,
            boolean memoryLimit,
            boolean swapLimit,
            boolean cpuCfs,
            boolean cpuShares,
            boolean cpuSet,
            boolean pidsLimit,
            boolean oomKillDisable,
            boolean ipv4Forwarding,
            boolean debug,
            boolean liveRestore,
            int fileDescriptors,
            int goroutines,
            int eventListeners,
            String defaultRuntime,
            List<String> runtimes,
            String initBinary,
            List<String> securityOptions,
            List<String> labels,
            List<String> warnings,
            Instant systemTime,
            List<String> deviceFolders,
            List<String> devices) {}

    Version version();

    /** The body of {@code docker version}, without the API's numbers. */
    record Version(
            String version,
            String commit,
            String built,
            String javaVersion,
            String os,
            String architecture,
            String kernelVersion) {}

    /** What is on disk; true asks for the part. */
    DiskUsage diskUsage(boolean containers, boolean images, boolean volumes);

    /** Sizes; parts that were not asked for are empty. */
    record DiskUsage(
            long layersBytes,
            List<Images.Summary> images,
            List<ContainerView> containers,
            List<Volumes.VolumeView> volumes) {}

    /** What the engine counted of itself. */
    Figures figures();

    /** Components and their versions, for {@code docker version}. */
    Map<String, String> components();
}
