/** Overlay snapshots on the local disk. */
@NullMarked
package dev.priok.snapshot.internal;

import org.jspecify.annotations.NullMarked;
