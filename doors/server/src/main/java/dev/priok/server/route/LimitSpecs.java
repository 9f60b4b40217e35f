package dev.priok.server.route;

import dev.priok.api.HostConfig;
import dev.priok.engine.Limits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From the resources of a HostConfig to the engine's limits and back. */
final class LimitSpecs {
    private LimitSpecs() {}

    static Limits of(HostConfig host, @Nullable Long pidsLimit) {
        return new Limits(
                host.memory(),
                host.memorySwap(),
                host.memoryReservation(),
                // -1 is what old clients send for "not set".
                host.memorySwappiness() != null && host.memorySwappiness() == -1 ? null : host.memorySwappiness(),
                host.oomKillDisable(),
                host.nanoCpus(),
                host.cpuShares(),
                host.cpuPeriod(),
                host.cpuQuota(),
                host.cpuRealtimePeriod(),
                host.cpuRealtimeRuntime(),
                host.cpusetCpus(),
                host.cpusetMems(),
                pidsLimit,
                host.blkioWeight(),
                host.blkioWeightDevice().stream()
                        .map(d -> new Limits.DeviceRate(d.path(), d.weight()))
                        .toList(),
                rates(host.blkioDeviceReadBps()),
                rates(host.blkioDeviceWriteBps()),
                rates(host.blkioDeviceReadIops()),
                rates(host.blkioDeviceWriteIops()),
                host.ulimits().stream()
                        .map(u -> new Limits.Ulimit(u.name(), u.soft(), u.hard()))
                        .toList(),
                host.cgroupParent());
    }

    private static List<Limits.DeviceRate> rates(List<HostConfig.RateDevice> devices) {
        return devices.stream()
                .map(d -> new Limits.DeviceRate(d.path(), d.rate()))
                .toList();
    }

    /** Adds the resources to a HostConfig that goes out. */
    static void put(Doc host, Limits limits) {
        host.with("CpuShares", limits.cpuShares())
                .with("Memory", limits.memory())
                .with("NanoCpus", limits.nanoCpus())
                .with("CgroupParent", limits.cgroupParent())
                .with("BlkioWeight", limits.blkioWeight())
                .with("BlkioWeightDevice", devices(limits.blkioWeightDevice(), "Weight"))
                .with("BlkioDeviceReadBps", devices(limits.readBps(), "Rate"))
                .with("BlkioDeviceWriteBps", devices(limits.writeBps(), "Rate"))
                .with("BlkioDeviceReadIOps", devices(limits.readIops(), "Rate"))
                .with("BlkioDeviceWriteIOps", devices(limits.writeIops(), "Rate"))
                .with("CpuPeriod", limits.cpuPeriod())
                .with("CpuQuota", limits.cpuQuota())
                .with("CpuRealtimePeriod", limits.cpuRealtimePeriod())
                .with("CpuRealtimeRuntime", limits.cpuRealtimeRuntime())
                .with("CpusetCpus", limits.cpusetCpus())
                .with("CpusetMems", limits.cpusetMems())
                .with("MemoryReservation", limits.memoryReservation())
                .with("MemorySwap", limits.memorySwap())
                .with("MemorySwappiness", limits.memorySwappiness())
                .with("OomKillDisable", limits.oomKillDisable())
                .with("PidsLimit", limits.pidsLimit())
                .with(
                        "Ulimits",
                        limits.ulimits().stream()
                                .map(u -> new Doc()
                                        .with("Name", u.name())
                                        .with("Hard", u.hard())
                                        .with("Soft", u.soft()))
                                .toList())
                .with("CpuCount", 0)
                .with("CpuPercent", 0)
                .with("IOMaximumIOps", 0)
                .with("IOMaximumBandwidth", 0);
    }

    private static List<Doc> devices(List<Limits.DeviceRate> rates, String valueName) {
        return rates.stream()
                .map(r -> new Doc().with("Path", r.path()).with(valueName, r.value()))
                .toList();
    }
}
