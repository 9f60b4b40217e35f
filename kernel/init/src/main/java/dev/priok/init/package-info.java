/**
 * Processes described as lists of system calls: {@link dev.priok.init.Steps} is the list, {@link dev.priok.init.Program} its
 * encoding, {@link dev.priok.init.Launcher} starts it. Knows nothing of containers.
 */
@Boundary(
        name = "init",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.init;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
