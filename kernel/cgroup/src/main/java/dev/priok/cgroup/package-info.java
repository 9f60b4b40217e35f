/**
 * Control groups: {@link dev.priok.cgroup.CgroupHierarchy} is what the host offers, {@link dev.priok.cgroup.Cgroup} is one
 * group with its limits. v1, v2 and hybrid hosts look the same from here; nothing here knows of containers.
 */
@Boundary(
        name = "cgroup",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.cgroup;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
