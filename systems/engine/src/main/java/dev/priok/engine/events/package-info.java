/** The log of what happened, and those who read it. */
@NullMarked
package dev.priok.engine.events;

import org.jspecify.annotations.NullMarked;
