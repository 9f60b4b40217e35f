package dev.priok.server.route;

import dev.priok.api.HostConfig;
import dev.priok.core.Failure;

/** Refuses fields of a create or update request that have no effect here, so that none is silently ignored. */
final class UnsupportedFields {
    private UnsupportedFields() {}

    static void refuse(HostConfig host) {
        if (!host.cgroup().isEmpty()) {
            throw Failure.invalid(
                    "invalid Cgroup: %s: containers do not share cgroups; use CgroupParent to group them",
                    host.cgroup());
        }
        kernel("KernelMemory", host.kernelMemory());
        kernel("KernelMemoryTCP", host.kernelMemoryTcp());
        windows("CpuCount", host.cpuCount());
        windows("CpuPercent", host.cpuPercent());
        windows("IOMaximumIOps", host.ioMaximumIops());
        windows("IOMaximumBandwidth", host.ioMaximumBandwidth());
    }

    /** An update changes limits alone. */
    static void refuseInUpdate(HostConfig host) {
        refuse(host);
        if (!(host.devices().isEmpty()
                && host.deviceCgroupRules().isEmpty()
                && host.deviceRequests().isEmpty())) {
            throw Failure.invalid("devices cannot be updated: they are fixed when a container is created");
        }
    }

    private static void kernel(String field, long value) {
        if (value > 0) {
            throw Failure.invalid(
                    "%s is not supported: Linux has no limit of kernel memory since 5.4; use Memory, which counts it",
                    field);
        }
    }

    private static void windows(String field, long value) {
        if (value != 0) {
            throw Failure.invalid("%s is not supported on Linux: it limits Windows containers alone", field);
        }
    }
}
