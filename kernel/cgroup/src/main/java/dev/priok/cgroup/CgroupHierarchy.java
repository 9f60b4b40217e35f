package dev.priok.cgroup;

import dev.priok.cgroup.internal.Host;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The control groups of this host.
 *
 * <p>Example:
 *
 * <pre>{@code
 * CgroupHierarchy cgroups = CgroupHierarchy.detect();
 * Cgroup group = cgroups.create("/priok/" + id, limits);
 * try (CgroupPlacement placement = group.placement()) {
 *     // start a process that joins by it
 * }
 * group.kill();
 * group.remove();
 * }</pre>
 */
public interface CgroupHierarchy {
    /**
     * Reads the mount table; makes nothing.
     *
     * @throws IOException when no control groups are mounted
     */
    static CgroupHierarchy detect() throws IOException {
        return Host.detect();
    }

    CgroupMode mode();

    /** The controllers that are mounted and may be used. */
    Set<Controller> controllers();

    CgroupFeatures features();

    /** The processors that a group may be pinned to, such as {@code 0-3}; empty when the host does not tell. */
    String availableCpus() throws IOException;

    /** The memory nodes that a group may be pinned to, such as {@code 0}; empty when the host does not tell. */
    String availableMemoryNodes() throws IOException;

    /** Leaves out of {@code limits} what this host cannot hold. */
    Checked check(Limits limits);

    /**
     * Makes a group with its limits, and the groups above it as needed; an empty one of that name is replaced.
     *
     * @param path absolute on the hierarchies, without {@code .} and {@code ..}
     * @throws dev.priok.core.Failure INVALID when the path or a value is refused, CONFLICT when a group of that name has
     *     processes
     */
    Cgroup create(String path, Limits limits) throws IOException;

    /** The group that exists at {@code path}, such as one made before this process was started. */
    Optional<Cgroup> open(String path) throws IOException;

    /** Names of the groups right below {@code path}, each once; none when there is no such group. */
    Set<String> children(String path) throws IOException;

    /** Removes the group at {@code path} on each hierarchy where it is empty; for parents that nobody needs any more. */
    void removeIfEmpty(String path) throws IOException;

    /**
     * Limits that this host can hold.
     *
     * @param limits what is left
     * @param warnings one line for each that is not, in Docker's words
     */
    record Checked(Limits limits, List<String> warnings) {
        public Checked {
            warnings = List.copyOf(warnings);
        }
    }
}
