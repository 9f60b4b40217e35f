/** The client of registries: manifests and blobs up and down, logins, searches. Knows no image store and no daemon. */
@Boundary(
        name = "distribution",
        mayUse = {"core", "tls", "oci", "archive"})
@NullMarked
package dev.priok.distribution;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
