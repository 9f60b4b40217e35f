package dev.priok.cgroup;

import java.nio.file.Path;
import java.util.List;

/** What a process in a group should find at {@code /sys/fs/cgroup} in a file system of its own. */
public sealed interface CgroupView {
    /**
     * One v2 hierarchy: mount {@code cgroup2} when the process has its own cgroup namespace, else bind the directory.
     *
     * @param hostDirectory the group's directory on the host
     */
    record Unified(Path hostDirectory) implements CgroupView {}

    /**
     * A tmpfs (mode 755) with a directory per hierarchy and links for controllers that share one.
     *
     * @param hierarchies what to mount in it
     * @param links names to make beside them
     */
    record Legacy(List<Hierarchy> hierarchies, List<Link> links) implements CgroupView {
        public Legacy {
            hierarchies = List.copyOf(hierarchies);
            links = List.copyOf(links);
        }
    }

    /**
     * One v1 hierarchy: mount type {@code cgroup} with {@code options} when the process has its own cgroup namespace, else
     * bind the directory.
     *
     * @param name directory below the tmpfs, such as {@code cpu,cpuacct}
     * @param options mount options that name the hierarchy, such as {@code cpu,cpuacct} or {@code name=systemd}
     * @param hostDirectory the group's directory on the host
     */
    record Hierarchy(String name, String options, Path hostDirectory) {}

    /** A symbolic link, such as {@code cpu} to {@code cpu,cpuacct}. */
    record Link(String name, String target) {}
}
