/** How programs are laid out in bytes. */
@NullMarked
package dev.priok.init.internal;

import org.jspecify.annotations.NullMarked;
