/** The {@code priok} command: docker's commands, options and output, on nothing but the Engine API. */
@Boundary(
        name = "cli",
        mayUse = {"core", "client", "linux"})
@NullMarked
package dev.priok.cli;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
