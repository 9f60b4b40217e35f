/** The {@code priok} command: docker's commands, options and output, on nothing but the Engine API. */
@Boundary(
        name = "cli",
        mayUse = {"core", "client", "linux"},
        exposes = {"dev.priok.cli", "dev.priok.cli.command", "dev.priok.cli.option", "dev.priok.cli.image"})
@NullMarked
package dev.priok.cli;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
