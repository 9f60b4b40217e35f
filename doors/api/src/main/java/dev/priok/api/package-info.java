/**
 * The wire of the Docker Engine API: a record for each document that clients send, with its fields named as the API names
 * them ({@link dev.priok.api.ApiJson} reads them), and {@link dev.priok.api.ApiVersion} for what differs between versions.
 */
@Boundary(
        name = "api",
        mayUse = {"core"})
@NullMarked
package dev.priok.api;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
