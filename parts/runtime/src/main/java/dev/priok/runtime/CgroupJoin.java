package dev.priok.runtime;

import dev.priok.linux.Fd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The cgroups that a process joins before anything else, and how they look from inside. The caller keeps and closes the descriptors.
 *
 * @param tasksFiles {@code tasks} files of cgroup v1, open for writing
 * @param v2Directory directory of cgroup v2, for CLONE_INTO_CGROUP
 * @param view what a mount of type {@code cgroup} shows; empty makes such mounts an error
 */
public record CgroupJoin(List<Fd> tasksFiles, Optional<Fd> v2Directory, Optional<View> view) {
    /** Stays in the daemon's cgroups. */
    public static final CgroupJoin NONE = new CgroupJoin(List.of(), Optional.empty(), Optional.empty());

    public CgroupJoin {
        tasksFiles = List.copyOf(tasksFiles);
    }

    /** What is mounted at {@code /sys/fs/cgroup}. */
    public sealed interface View {
        /**
         * One v2 hierarchy: {@code cgroup2} when the process has a cgroup namespace of its own, else the folder is bound.
         *
         * @param folder the group's on the host
         */
        record Unified(Path folder) implements View {}

        /**
         * A tmpfs with a folder for each v1 hierarchy, and links.
         *
         * @param hierarchies what to mount in it
         * @param links further names
         */
        record Legacy(List<Hierarchy> hierarchies, List<Link> links) implements View {
            public Legacy {
                hierarchies = List.copyOf(hierarchies);
                links = List.copyOf(links);
            }
        }
    }

    /**
     * One v1 hierarchy.
     *
     * @param name folder below the tmpfs, such as {@code cpu,cpuacct}
     * @param options mount options that name it, such as {@code cpu,cpuacct} or {@code name=systemd}
     * @param folder the group's on the host
     */
    public record Hierarchy(String name, String options, Path folder) {}

    /**
     * A symbolic link, such as {@code cpu} to {@code cpu,cpuacct}.
     *
     * @param name its name
     * @param target what it points to
     */
    public record Link(String name, String target) {}
}
