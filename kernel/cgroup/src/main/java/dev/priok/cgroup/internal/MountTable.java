package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.Controller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where control groups are mounted, from {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param v1 the v1 hierarchies, each once
 * @param v2 where the v2 hierarchy is mounted
 */
record MountTable(List<V1Mount> v1, Optional<Path> v2) {
    MountTable {
        v1 = List.copyOf(v1);
    }

    /**
     * One v1 hierarchy.
     *
     * @param directory where it is mounted
     * @param options what names it when it is mounted again: {@code cpu,cpuacct} or {@code name=systemd}
     * @param controllers what it controls; none when it only has a name
     */
    record V1Mount(Path directory, String options, Set<Controller> controllers) {
        V1Mount {
            controllers = Set.copyOf(controllers);
        }
    }

    static MountTable parse(List<String> mountInfo) {
        List<V1Mount> v1 = new ArrayList<>();
        Optional<Path> v2 = Optional.empty();
        for (String line : mountInfo) {
            int separator = line.indexOf(" - ");
            if (separator < 0) {
                continue;
            }
            String[] before = line.substring(0, separator).split(" ");
            String[] after = line.substring(separator + 3).split(" ");
            if (before.length < 5 || after.length < 3) {
                continue;
            }
            Path directory = Path.of(unescape(before[4]));
            switch (after[0]) {
                case "cgroup2" -> v2 = v2.isPresent() ? v2 : Optional.of(directory);
                case "cgroup" -> {
                    V1Mount mount = v1Mount(directory, after[2]);
                    if (v1.stream().noneMatch(m -> m.options().equals(mount.options()))) {
                        v1.add(mount);
                    }
                }
                default -> {}
            }
        }
        return new MountTable(v1, v2);
    }

    private static V1Mount v1Mount(Path directory, String superOptions) {
        List<String> options = new ArrayList<>();
        Set<Controller> controllers = EnumSet.noneOf(Controller.class);
        List<String> known = List.of("net_cls", "net_prio", "perf_event", "rdma", "misc");
        for (String option : superOptions.split(",")) {
            Optional<Controller> controller = controller(option);
            controller.ifPresent(controllers::add);
            if (controller.isPresent() || known.contains(option) || option.startsWith("name=")) {
                options.add(option);
            }
        }
        return new V1Mount(directory, String.join(",", options), controllers);
    }

    private static Optional<Controller> controller(String name) {
        for (Controller controller : Controller.values()) {
            if (controller.v1Name().equals(name)) {
                return Optional.of(controller);
            }
        }
        return Optional.empty();
    }

    /** Undoes the octal escapes of space, tab, newline and backslash. */
    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    Optional<CgroupMode> mode() {
        if (v1.stream().anyMatch(m -> !m.controllers().isEmpty())) {
            return Optional.of(v2.isPresent() ? CgroupMode.HYBRID : CgroupMode.V1);
        }
        return v2.isPresent() ? Optional.of(CgroupMode.V2) : Optional.empty();
    }

    Optional<V1Mount> mountOf(Controller controller) {
        return v1.stream().filter(m -> m.controllers().contains(controller)).findFirst();
    }
}
