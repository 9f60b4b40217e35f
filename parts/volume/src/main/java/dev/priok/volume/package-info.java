/** What volumes are made of: file systems of a bounded size, project quotas, and incremental copies of trees. */
@Boundary(
        name = "volume",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.volume;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
