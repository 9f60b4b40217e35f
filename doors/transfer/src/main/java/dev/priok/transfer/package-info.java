/** {@code priok copy}, {@code manifest} and {@code referrers}: images between registries, archives and layouts, without a daemon. */
@Boundary(
        name = "transfer",
        mayUse = {"core", "oci", "archive", "distribution", "client", "cli"})
@NullMarked
package dev.priok.transfer;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
