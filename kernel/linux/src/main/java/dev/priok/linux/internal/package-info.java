/** The native plumbing: the only place that links C functions. */
@NullMarked
package dev.priok.linux.internal;

import org.jspecify.annotations.NullMarked;
