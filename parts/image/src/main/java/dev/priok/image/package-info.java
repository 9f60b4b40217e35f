/** Images: names, configurations, layers, archives of them, and what may be thrown away. */
@Boundary(
        name = "image",
        mayUse = {"core", "linux", "oci", "archive", "database", "content", "snapshot"})
@NullMarked
package dev.priok.image;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
