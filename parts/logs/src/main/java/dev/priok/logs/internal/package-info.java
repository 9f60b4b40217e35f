/** How output is moved, formatted, recovered and read again. */
@NullMarked
package dev.priok.logs.internal;

import org.jspecify.annotations.NullMarked;
