/** Where images lie: registries, OCI layouts, archives; and the copying between them. */
@NullMarked
package dev.priok.transfer.place;

import org.jspecify.annotations.NullMarked;
