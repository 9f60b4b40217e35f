/** The engine behind its interfaces. */
@NullMarked
package dev.priok.engine.internal;

import org.jspecify.annotations.NullMarked;
