/** Layers unpacked once per chain, writable snapshots over them, and tars of either. */
@Boundary(
        name = "snapshot",
        mayUse = {"core", "linux", "ext4", "oci", "archive", "database"})
@NullMarked
package dev.priok.snapshot;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
