package dev.priok.oci.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a container; an absent number is left as the kernel has it.
 *
 * @param devices rules about device nodes, later ones win
 * @param memory of memory
 * @param cpu of processors
 * @param pids of the number of tasks
 * @param blockIO of block devices
 * @param hugepageLimits of huge pages
 * @param network of network packets (cgroup v1)
 * @param rdma by device name (v1)
 * @param unified files of cgroup v2 and what to write to them
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md#control-groups">OCI runtime spec, control groups</a>
 */
public record LinuxResources(
        List<DeviceRule> devices,
        @Nullable Memory memory,
        @Nullable Cpu cpu,
        @Nullable Pids pids,
        @Nullable BlockIo blockIO,
        List<HugepageLimit> hugepageLimits,
        @Nullable Network network,
        Map<String, Rdma> rdma,
        Map<String, String> unified) {
    public LinuxResources {
        devices = devices == null ? List.of() : List.copyOf(devices);
        hugepageLimits = hugepageLimits == null ? List.of() : List.copyOf(hugepageLimits);
        rdma = rdma == null ? Map.of() : Map.copyOf(rdma);
        unified = unified == null ? Map.of() : Map.copyOf(unified);
    }

    /** No limit at all. */
    public static LinuxResources none() {
        return new LinuxResources(List.of(), null, null, null, null, List.of(), null, Map.of(), Map.of());
    }

    /**
     * Allows or denies device nodes.
     *
     * @param allow which of the two
     * @param type {@code c}, {@code b} or {@code a}; absent for all
     * @param major absent for all
     * @param minor absent for all
     * @param access some of {@code rwm}; absent for all
     */
    public record DeviceRule(
            boolean allow,
            @Nullable String type,
            @Nullable Long major,
            @Nullable Long minor,
            @Nullable String access) {}

    /**
     * Memory, in bytes; -1 is no limit.
     *
     * @param limit ceiling of memory
     * @param reservation what is given back last when memory is short
     * @param swap ceiling of memory and swap together
     * @param kernel ignored by kernels since 5.16
     * @param kernelTCP ceiling of buffers of TCP (v1)
     * @param swappiness 0 to 100 (v1)
     * @param disableOOMKiller whether tasks wait instead of being killed (v1)
     * @param useHierarchy whether children are counted (v1)
     * @param checkBeforeUpdate whether a limit below what is in use is refused
     */
    public record Memory(
            @Nullable Long limit,
            @Nullable Long reservation,
            @Nullable Long swap,
            @Nullable Long kernel,
            @Nullable Long kernelTCP,
            @Nullable Long swappiness,
            @Nullable Boolean disableOOMKiller,
            @Nullable Boolean useHierarchy,
            @Nullable Boolean checkBeforeUpdate) {
        /** Only a ceiling of memory, and one of memory and swap. */
        public static Memory of(@Nullable Long limit, @Nullable Long swap) {
            return new Memory(limit, null, swap, null, null, null, null, null, null);
        }
    }

    /**
     * Processors; times in microseconds.
     *
     * @param shares weight, 2 to 262144
     * @param quota time in each period; -1 is no limit
     * @param burst unused time that may be saved up
     * @param period length of a period
     * @param realtimeRuntime real-time share of each period (v1)
     * @param realtimePeriod length of a period of real-time tasks (v1)
     * @param cpus which processors, such as {@code 0-3,7}
     * @param mems which memory nodes
     * @param idle 1 to run only when nobody else does
     */
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long burst,
            @Nullable Long period,
            @Nullable Long realtimeRuntime,
            @Nullable Long realtimePeriod,
            @Nullable String cpus,
            @Nullable String mems,
            @Nullable Long idle) {}

    /**
     * Tasks.
     *
     * @param limit how many; 0 or less is no limit
     */
    public record Pids(@Nullable Long limit) {}

    /**
     * Block devices.
     *
     * @param weight 10 to 1000
     * @param leafWeight of tasks of the cgroup itself (v1)
     * @param weightDevice by device
     * @param throttleReadBpsDevice bytes a second
     * @param throttleWriteBpsDevice bytes a second
     * @param throttleReadIOPSDevice reads a second
     * @param throttleWriteIOPSDevice writes a second
     */
    public record BlockIo(
            @Nullable Integer weight,
            @Nullable Integer leafWeight,
            List<WeightDevice> weightDevice,
            List<ThrottleDevice> throttleReadBpsDevice,
            List<ThrottleDevice> throttleWriteBpsDevice,
            List<ThrottleDevice> throttleReadIOPSDevice,
            List<ThrottleDevice> throttleWriteIOPSDevice) {
        public BlockIo {
            weightDevice = weightDevice == null ? List.of() : List.copyOf(weightDevice);
            throttleReadBpsDevice = throttleReadBpsDevice == null ? List.of() : List.copyOf(throttleReadBpsDevice);
            throttleWriteBpsDevice = throttleWriteBpsDevice == null ? List.of() : List.copyOf(throttleWriteBpsDevice);
            throttleReadIOPSDevice = throttleReadIOPSDevice == null ? List.of() : List.copyOf(throttleReadIOPSDevice);
            throttleWriteIOPSDevice =
                    throttleWriteIOPSDevice == null ? List.of() : List.copyOf(throttleWriteIOPSDevice);
        }
    }

    /**
     * Weight on one device.
     *
     * @param major its driver
     * @param minor which of the driver's devices
     * @param weight 10 to 1000
     * @param leafWeight of tasks of the cgroup itself (v1)
     */
    public record WeightDevice(
            long major,
            long minor,
            @Nullable Integer weight,
            @Nullable Integer leafWeight) {}

    /**
     * Rate on one device.
     *
     * @param major its driver
     * @param minor which of the driver's devices
     * @param rate a second
     */
    public record ThrottleDevice(long major, long minor, long rate) {}

    /**
     * Huge pages of one size.
     *
     * @param pageSize such as {@code 2MB}
     * @param limit in bytes
     */
    public record HugepageLimit(String pageSize, long limit) {}

    /**
     * Network packets (v1).
     *
     * @param classID class of its packets
     * @param priorities by interface
     */
    public record Network(@Nullable @JsonProperty("classID") Long classID, List<InterfacePriority> priorities) {
        public Network {
            priorities = priorities == null ? List.of() : List.copyOf(priorities);
        }
    }

    /**
     * Priority on one interface.
     *
     * @param name of the interface
     * @param priority of its packets
     */
    public record InterfacePriority(String name, int priority) {}

    /**
     * Objects of one RDMA device.
     *
     * @param hcaHandles how many handles
     * @param hcaObjects how many objects
     */
    public record Rdma(
            @Nullable Integer hcaHandles, @Nullable Integer hcaObjects) {}
}
