/** What the records of the OCI specifications share: how they are read and written. */
@Boundary(
        name = "oci",
        mayUse = {"core"},
        exposes = {"dev.priok.oci", "dev.priok.oci.image", "dev.priok.oci.runtime"})
@NullMarked
package dev.priok.oci;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
