/** Turns answers of the daemon into what people read: tables, sizes, times, templates. */
@NullMarked
package dev.priok.cli.format;

import org.jspecify.annotations.NullMarked;
