/** What volumes are copied with: incremental copies of trees. */
@Boundary(
        name = "volume",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.volume;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
