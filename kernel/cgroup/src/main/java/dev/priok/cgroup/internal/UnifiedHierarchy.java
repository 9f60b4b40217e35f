package dev.priok.cgroup.internal;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.Limits;
import dev.priok.linux.BpfCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hosts with v2 alone. */
final class UnifiedHierarchy implements CgroupHierarchy {
    private final Path root;
    private final ControlFiles files;
    private final HostUsage host;
    private final OomWatcher oomWatcher;
    private final Groups groups;
    private final Delegation delegation;
    private final DevicePolicy devices;
    private final Set<Controller> controllers;
    private final CgroupFeatures features;

    UnifiedHierarchy(Path root, ControlFiles files, HostUsage host, OomWatcher oomWatcher, DevicePolicy devices)
            throws IOException {
        this.root = root;
        this.files = files;
        this.host = host;
        this.oomWatcher = oomWatcher;
        this.groups = new Groups(files);
        this.delegation = new Delegation(root, files, host);
        this.devices = devices;
        this.controllers =
                available(files.read(root.resolve("cgroup.controllers")).orElse(""));
        this.features = Features.unified(root, controllers, files, devices.possible());
    }

    private static Set<Controller> available(String text) {
        Set<String> names = Set.of(text.strip().split(" "));
        Set<Controller> found = EnumSet.noneOf(Controller.class);
        for (Controller controller : Controller.values()) {
            // Accounting of time and freezing need no controller here, devices a program.
            if (controller.v2Name().isEmpty()
                    || names.contains(controller.v2Name().get())) {
                found.add(controller);
            }
        }
        return found;
    }

    /** Device policies by bpf(2), behind a seam for tests. */
    interface DevicePolicy {
        /** Whether this process may load programs at all. */
        boolean possible();

        void apply(Fd group, List<DeviceRule> rules) throws IOException;
    }

    /** The kernel's BPF. */
    static final class BpfPolicy implements DevicePolicy {
        private final BpfCalls bpf = BpfCalls.host();

        @Override
        public boolean possible() {
            try (Fd _ = bpf.loadDeviceProgram(DeviceProgram.of(List.of()))) {
                return true;
            } catch (SyscallException _) {
                return false;
            }
        }

        @Override
        public void apply(Fd group, List<DeviceRule> rules) throws IOException {
            List<Integer> before = bpf.devicePrograms(group);
            try (Fd program = bpf.loadDeviceProgram(DeviceProgram.of(rules))) {
                bpf.attachDeviceProgram(group, program);
            }
            // Until here old and new hold together, so that there is no moment without a policy.
            for (int id : before) {
                bpf.detachDeviceProgram(group, id);
            }
        }
    }

    ControlFiles files() {
        return files;
    }

    HostUsage host() {
        return host;
    }

    Groups groups() {
        return groups;
    }

    OomWatcher oomWatcher() {
        return oomWatcher;
    }

    Path directory(String path) {
        return root.resolve(Groups.relative(path));
    }

    @Override
    public CgroupMode mode() {
        return CgroupMode.V2;
    }

    @Override
    public Set<Controller> controllers() {
        return EnumSet.copyOf(controllers);
    }

    @Override
    public CgroupFeatures features() {
        return features;
    }

    @Override
    public String availableCpus() throws IOException {
        return files.read(root.resolve("cpuset.cpus.effective")).orElse("").strip();
    }

    @Override
    public String availableMemoryNodes() throws IOException {
        return files.read(root.resolve("cpuset.mems.effective")).orElse("").strip();
    }

    @Override
    public Checked check(Limits limits) {
        return Supported.by(features, limits);
    }

    @Override
    public Cgroup create(String path, Limits limits) throws IOException {
        Path directory = directory(path);
        Checked checked = check(limits);
        List<String> warnings = new ArrayList<>(checked.warnings());
        warnings.addAll(delegation.prepare(directory, wanted(checked.limits())));
        groups.make(root, directory);
        try {
            warnings.addAll(write(directory, checked.limits()));
        } catch (IOException | RuntimeException e) {
            try {
                groups.removeIfEmpty(directory);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        return new UnifiedCgroup(this, path, warnings.stream().distinct().toList());
    }

    /** What docker stats counts, and pinning and huge pages only when they are limited: each slows the scheduler a bit. */
    private Set<Controller> wanted(Limits limits) {
        Set<Controller> wanted = EnumSet.of(Controller.CPU, Controller.MEMORY, Controller.BLKIO, Controller.PIDS);
        if (!limits.cpu().cpus().isEmpty() || !limits.cpu().memoryNodes().isEmpty()) {
            wanted.add(Controller.CPUSET);
        }
        if (!limits.hugePages().isEmpty()) {
            wanted.add(Controller.HUGETLB);
        }
        wanted.retainAll(controllers);
        return wanted;
    }

    private List<String> write(Path directory, Limits limits) throws IOException {
        List<String> warnings = new ArrayList<>(new UnifiedLimits(files, directory).write(limits));
        // A fresh group has no program of its own: nothing to do where everything is allowed.
        if (!limits.devices().isEmpty() && !limits.devices().equals(List.of(DeviceRule.ALLOW_ALL))) {
            try (Fd group = files.openDirectory(directory)) {
                devices.apply(group, limits.devices());
            }
        }
        return warnings;
    }

    List<String> update(String path, Limits limits) throws IOException {
        Path directory = directory(path);
        Checked checked = check(limits);
        List<String> warnings = new ArrayList<>(checked.warnings());
        warnings.addAll(delegation.prepare(directory, wanted(checked.limits())));
        warnings.addAll(write(directory, checked.limits()));
        return warnings.stream().distinct().toList();
    }

    @Override
    public Optional<Cgroup> open(String path) {
        return files.exists(directory(path)) ? Optional.of(new UnifiedCgroup(this, path, List.of())) : Optional.empty();
    }

    @Override
    public Set<String> children(String path) throws IOException {
        return groups.names(directory(path));
    }

    @Override
    public void removeIfEmpty(String path) throws IOException {
        groups.removeIfEmpty(directory(path));
        delegation.forget();
    }
}
