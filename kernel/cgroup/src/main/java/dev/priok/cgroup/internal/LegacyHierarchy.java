package dev.priok.cgroup.internal;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.internal.MountTable.V1Mount;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Hosts with v1 hierarchies, with or without an empty v2 beside them. */
final class LegacyHierarchy implements CgroupHierarchy {
    /**
     * Where every group is made: what docker stats counts, what shares fairly (cpu), and cpuset, without which programs
     * such as the JVM do not believe that they are in a container. The others only when they have something to hold; each
     * costs about 60 us to make and join.
     */
    private static final Set<Controller> ALWAYS = EnumSet.of(
            Controller.CPU,
            Controller.CPUACCT,
            Controller.CPUSET,
            Controller.MEMORY,
            Controller.BLKIO,
            Controller.PIDS);

    private final MountTable mounts;
    private final ControlFiles files;
    private final HostUsage host;
    private final OomWatcher oomWatcher;
    private final Groups groups;
    private final CgroupFeatures features;

    LegacyHierarchy(MountTable mounts, ControlFiles files, HostUsage host, OomWatcher oomWatcher) {
        this.mounts = mounts;
        this.files = files;
        this.host = host;
        this.oomWatcher = oomWatcher;
        this.groups = new Groups(files);
        this.features = Features.legacy(mounts, files);
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

    @Override
    public CgroupMode mode() {
        return mounts.v2().isPresent() ? CgroupMode.HYBRID : CgroupMode.V1;
    }

    @Override
    public Set<Controller> controllers() {
        Set<Controller> found = EnumSet.noneOf(Controller.class);
        mounts.v1().forEach(mount -> found.addAll(mount.controllers()));
        return found;
    }

    @Override
    public CgroupFeatures features() {
        return features;
    }

    @Override
    public String availableCpus() throws IOException {
        return cpusetFile("cpuset.effective_cpus");
    }

    @Override
    public String availableMemoryNodes() throws IOException {
        return cpusetFile("cpuset.effective_mems");
    }

    private String cpusetFile(String name) throws IOException {
        Optional<V1Mount> cpuset = mounts.mountOf(Controller.CPUSET);
        return cpuset.isPresent()
                ? files.read(cpuset.get().directory().resolve(name)).orElse("").strip()
                : "";
    }

    @Override
    public Checked check(Limits limits) {
        return Supported.by(features, limits);
    }

    @Override
    public Cgroup create(String path, Limits limits) throws IOException {
        Path relative = Groups.relative(path);
        Checked checked = check(limits);
        List<String> warnings = new ArrayList<>(checked.warnings());
        try {
            for (V1Mount mount : wanted(checked.limits())) {
                make(mount, relative, warnings);
            }
            boolean unified = mounts.v2().isPresent() && makeUnified(mounts.v2().get(), relative);
            Optional<V1Mount> freezer = mounts.mountOf(Controller.FREEZER);
            if (!unified && freezer.isPresent()) {
                make(freezer.get(), relative, warnings);
            }
            warnings.addAll(new LegacyLimits(files, byController(path)).write(checked.limits()));
            return new LegacyCgroup(this, path, warnings.stream().distinct().toList());
        } catch (IOException | RuntimeException e) {
            try {
                removeEmptyLeaves(relative);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private List<V1Mount> wanted(Limits limits) {
        Set<Controller> wanted = EnumSet.copyOf(ALWAYS);
        if (!limits.devices().isEmpty() && !limits.devices().equals(List.of(DeviceRule.ALLOW_ALL))) {
            wanted.add(Controller.DEVICES);
        }
        if (!limits.hugePages().isEmpty()) {
            wanted.add(Controller.HUGETLB);
        }
        return mounts.v1().stream()
                .filter(mount -> mount.controllers().stream().anyMatch(wanted::contains))
                .toList();
    }

    private void make(V1Mount mount, Path relative, List<String> warnings) throws IOException {
        Path directory = mount.directory().resolve(relative);
        try {
            groups.make(mount.directory(), directory);
            if (mount.controllers().contains(Controller.CPUSET)) {
                inheritCpuset(mount.directory(), directory);
            }
        } catch (SyscallException e) {
            if (!SettingWriter.isUnsupported(e)) {
                throw e;
            }
            warnings.add("cgroup hierarchy %s may not be used (%s). Its limits and counters discarded."
                    .formatted(mount.options(), e.errno().message()));
        }
    }

    /** A new v1 group has no processor at all, and nothing may join it before it has; the same may be true of its parents. */
    private void inheritCpuset(Path mount, Path directory) throws IOException {
        Path parent = directory.getParent();
        for (String name : List.of("cpuset.cpus", "cpuset.mems")) {
            if (parent == null
                    || !files.read(directory.resolve(name)).orElse("0").isBlank()) {
                continue;
            }
            String inherited = files.read(parent.resolve(name)).orElse("0");
            if (inherited.isBlank() && !parent.equals(mount)) {
                inheritCpuset(mount, parent);
                inherited = files.read(parent.resolve(name)).orElse("0");
            }
            files.write(directory.resolve(name), inherited.strip());
        }
    }

    /** False when v2 may not be used: then the v1 freezer must do. */
    private boolean makeUnified(Path mount, Path relative) throws IOException {
        try {
            groups.make(mount, mount.resolve(relative));
            return true;
        } catch (SyscallException e) {
            if (!SettingWriter.isUnsupported(e)) {
                throw e;
            }
            return false;
        }
    }

    private void removeEmptyLeaves(Path relative) throws IOException {
        for (V1Mount mount : mounts.v1()) {
            groups.removeIfEmpty(mount.directory().resolve(relative));
        }
        if (mounts.v2().isPresent()) {
            groups.removeIfEmpty(mounts.v2().get().resolve(relative));
        }
    }

    @Override
    public Optional<Cgroup> open(String path) {
        boolean exists = !directories(path).isEmpty() || unified(path).isPresent();
        return exists ? Optional.of(new LegacyCgroup(this, path, List.of())) : Optional.empty();
    }

    @Override
    public Set<String> children(String path) throws IOException {
        List<Path> all = new ArrayList<>(directories(path));
        unified(path).ifPresent(all::add);
        Set<String> names = new TreeSet<>();
        for (Path directory : all) {
            names.addAll(groups.names(directory));
        }
        return names;
    }

    @Override
    public void removeIfEmpty(String path) throws IOException {
        removeEmptyLeaves(Groups.relative(path));
    }

    /** The group's directories on the v1 hierarchies where it has one, each once. */
    List<Path> directories(String path) {
        Path relative = Groups.relative(path);
        return mounts.v1().stream()
                .map(mount -> mount.directory().resolve(relative))
                .filter(files::exists)
                .toList();
    }

    Optional<Path> unified(String path) {
        return mounts.v2().map(v2 -> v2.resolve(Groups.relative(path))).filter(files::exists);
    }

    Map<Controller, Path> byController(String path) {
        Path relative = Groups.relative(path);
        Map<Controller, Path> found = new EnumMap<>(Controller.class);
        for (V1Mount mount : mounts.v1()) {
            Path directory = mount.directory().resolve(relative);
            if (files.exists(directory)) {
                mount.controllers().forEach(controller -> found.put(controller, directory));
            }
        }
        return found;
    }

    List<String> update(String path, Limits limits) throws IOException {
        Checked checked = check(limits);
        List<String> warnings = new ArrayList<>(checked.warnings());
        Path relative = Groups.relative(path);
        for (V1Mount mount : wanted(checked.limits())) {
            Path directory = mount.directory().resolve(relative);
            if (!files.exists(directory)) {
                List<Integer> pids = new LegacyCgroup(this, path, List.of()).pids();
                make(mount, relative, warnings);
                for (int pid : pids) {
                    move(pid, directory);
                }
            }
        }
        warnings.addAll(new LegacyLimits(files, byController(path)).write(checked.limits()));
        return warnings.stream().distinct().toList();
    }

    private void move(int pid, Path directory) throws IOException {
        try {
            files.write(directory.resolve("cgroup.procs"), Integer.toString(pid));
        } catch (SyscallException e) {
            if (e.errno() != dev.priok.linux.Errno.ESRCH) {
                throw e;
            }
        }
    }

    void remove(String path) throws IOException {
        for (Path directory : directories(path)) {
            groups.remove(directory);
        }
        Optional<Path> unified = unified(path);
        if (unified.isPresent()) {
            groups.remove(unified.get());
        }
    }

    CgroupView view(String path) {
        Path relative = Groups.relative(path);
        List<CgroupView.Hierarchy> hierarchies = new ArrayList<>();
        List<CgroupView.Link> links = new ArrayList<>();
        for (V1Mount mount : mounts.v1()) {
            Path directory = mount.directory().resolve(relative);
            if (files.exists(directory)) {
                String name = mount.options();
                hierarchies.add(new CgroupView.Hierarchy(name, mount.options(), directory));
                if (mount.controllers().size() > 1) {
                    mount.controllers().stream()
                            .sorted()
                            .forEach(controller -> links.add(new CgroupView.Link(controller.v1Name(), name)));
                }
            }
        }
        return new CgroupView.Legacy(hierarchies, links);
    }
}
