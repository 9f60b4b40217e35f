/** Blobs by digest on the local disk. */
@Boundary(
        name = "content",
        mayUse = {"core"})
@NullMarked
package dev.priok.content;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
