/** The one SQLite file in which a daemon keeps its metadata. */
@Boundary(
        name = "database",
        mayUse = {"core"})
@NullMarked
package dev.priok.database;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
