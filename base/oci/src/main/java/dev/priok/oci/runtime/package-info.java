/** Records of the OCI runtime specification, version 1.2: what a container's process may see and use. */
@NullMarked
package dev.priok.oci.runtime;

import org.jspecify.annotations.NullMarked;
