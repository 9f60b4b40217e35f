/** The vocabulary of the whole: ids, digests, references, sizes, failures, events and counts of durations. */
@Boundary(
        name = "core",
        mayUse = {})
@NullMarked
package dev.priok.core;

import org.jspecify.annotations.NullMarked;
