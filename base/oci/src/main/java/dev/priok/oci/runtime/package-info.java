/** Records of the OCI runtime specification. */
@NullMarked
package dev.priok.oci.runtime;

import org.jspecify.annotations.NullMarked;
