/**
 * Starts, joins and supervises processes in containers: {@link dev.priok.runtime.ContainerRuntime} is the way in,
 * {@link dev.priok.runtime.RuntimeProcess} what one gets. Knows nothing of images, logs or names.
 */
@Boundary(
        name = "runtime",
        mayUse = {"core", "oci", "linux", "init"})
@NullMarked
package dev.priok.runtime;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
