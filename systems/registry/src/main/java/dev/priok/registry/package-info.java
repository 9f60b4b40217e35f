/**
 * The registry: manifests, tags and blobs by repository, as the OCI distribution specification has them, and what keeps them in
 * order. {@link dev.priok.registry.Registry} is what doors call; {@link dev.priok.registry.Catalog} and {@link
 * dev.priok.registry.RegistryStorage} are where it keeps things.
 */
@Boundary(
        name = "registry",
        mayUse = {"core", "oci", "database", "content", "distribution"},
        exposes = {"dev.priok.registry", "dev.priok.registry.access"})
@NullMarked
package dev.priok.registry;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
