package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.internal.MountTable.V1Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Finds out which limits a host can hold, by the control files that it shows. */
final class Features {
    private Features() {}

    static CgroupFeatures legacy(MountTable mounts, ControlFiles files) {
        Present present = (controller, name) -> {
            Optional<V1Mount> mount = mounts.mountOf(controller);
            return mount.isPresent() && files.exists(mount.get().directory().resolve(name));
        };
        return new CgroupFeatures(
                present.file(Controller.MEMORY, "memory.limit_in_bytes"),
                present.file(Controller.MEMORY, "memory.memsw.limit_in_bytes"),
                present.file(Controller.MEMORY, "memory.soft_limit_in_bytes"),
                present.file(Controller.MEMORY, "memory.swappiness"),
                present.file(Controller.MEMORY, "memory.oom_control"),
                present.file(Controller.MEMORY, "cgroup.event_control"),
                present.file(Controller.CPU, "cpu.shares"),
                present.file(Controller.CPU, "cpu.cfs_quota_us"),
                present.file(Controller.CPU, "cpu.rt_runtime_us"),
                present.file(Controller.CPUSET, "cpuset.cpus"),
                mounts.mountOf(Controller.PIDS).isPresent(),
                // The root group shows no weight of BFQ, but its counters.
                present.file(Controller.BLKIO, "blkio.weight")
                        || present.file(Controller.BLKIO, "blkio.bfq.io_service_bytes"),
                present.file(Controller.BLKIO, "blkio.throttle.read_bps_device"),
                mounts.mountOf(Controller.HUGETLB).isPresent(),
                mounts.mountOf(Controller.DEVICES).isPresent());
    }

    /** A control file of some v1 controller. */
    private interface Present {
        boolean file(Controller controller, String name);
    }

    /**
     * The features of a v2 host. The root group has no limits of its own, so that files are looked for in a group below.
     *
     * @param deviceProgramsAllowed whether bpf(2) may be used
     */
    static CgroupFeatures unified(
            Path root, Set<Controller> controllers, ControlFiles files, boolean deviceProgramsAllowed)
            throws IOException {
        boolean memory = controllers.contains(Controller.MEMORY);
        boolean cpu = controllers.contains(Controller.CPU);
        boolean io = controllers.contains(Controller.BLKIO);
        Optional<Path> sample = sample(root, "memory.max", files);
        boolean swap = memory && (sample.isEmpty() || files.exists(sample.get().resolveSibling("memory.swap.max")));
        Optional<Path> ioSample = sample(root, "io.max", files);
        boolean weight = io
                && (ioSample.isEmpty()
                        || files.exists(ioSample.get().resolveSibling("io.weight"))
                        || files.exists(ioSample.get().resolveSibling("io.bfq.weight")));
        return new CgroupFeatures(
                memory,
                swap,
                memory,
                false,
                false,
                memory,
                cpu,
                cpu,
                false,
                controllers.contains(Controller.CPUSET),
                controllers.contains(Controller.PIDS),
                weight,
                io,
                controllers.contains(Controller.HUGETLB),
                deviceProgramsAllowed);
    }

    private static Optional<Path> sample(Path root, String name, ControlFiles files) throws IOException {
        if (files.exists(root.resolve(name))) {
            return Optional.of(root.resolve(name));
        }
        for (Path child : files.children(root)) {
            if (files.exists(child.resolve(name))) {
                return Optional.of(child.resolve(name));
            }
        }
        return Optional.empty();
    }
}
