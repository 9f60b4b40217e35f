/** How tar headers are written and read. */
@NullMarked
package dev.priok.archive.internal;

import org.jspecify.annotations.NullMarked;
