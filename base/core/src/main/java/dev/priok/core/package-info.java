/** The vocabulary of the whole: ids, digests, references, sizes, failures and events. */
@Boundary(
        name = "core",
        mayUse = {})
@NullMarked
package dev.priok.core;

import org.jspecify.annotations.NullMarked;
