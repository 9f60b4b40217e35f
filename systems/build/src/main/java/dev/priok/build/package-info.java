/**
 * Building images. {@link dev.priok.build.Builder} takes a {@link dev.priok.build.BuildRequest} and tells what happens as
 * {@link dev.priok.build.BuildEvent}s; processes run through an {@link dev.priok.build.Executor} that the daemon provides.
 */
@Boundary(
        name = "build",
        mayUse = {"core", "oci", "linux", "archive", "database", "content", "snapshot", "image", "distribution"})
@NullMarked
package dev.priok.build;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
