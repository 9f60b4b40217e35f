/** How configurations become lists of steps, and how monitors are watched. */
@NullMarked
package dev.priok.runtime.internal;

import org.jspecify.annotations.NullMarked;
