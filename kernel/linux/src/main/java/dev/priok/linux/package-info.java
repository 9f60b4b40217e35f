/**
 * Linux as plain Java: {@link dev.priok.linux.Syscalls} is the one seam to the kernel, everything else here is typed
 * wrappers over it. Nothing here knows of containers or images.
 */
@Boundary(
        name = "linux",
        mayUse = {"core"},
        exposes = {"dev.priok.linux", "dev.priok.linux.seccomp"})
@NullMarked
package dev.priok.linux;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
