/** Keys and certificates from PEM files, as Docker's TLS options and {@code certs.d} name them. */
@Boundary(
        name = "tls",
        mayUse = {"core"})
@NullMarked
package dev.priok.tls;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
