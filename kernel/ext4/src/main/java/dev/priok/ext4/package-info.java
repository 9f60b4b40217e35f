/** Empty ext4 file systems of a bounded size, in files behind loop devices: written here, since no helper program may be run. */
@Boundary(
        name = "ext4",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.ext4;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
