/** Records of the OCI image specification. */
@NullMarked
package dev.priok.oci.image;

import org.jspecify.annotations.NullMarked;
