/** Tar streams and their compression; knows no file system. */
@Boundary(
        name = "archive",
        mayUse = {"core"})
@NullMarked
package dev.priok.archive;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
