/** The host's kernel behind {@link dev.priok.network.Wiring}. */
@NullMarked
package dev.priok.network.internal;

import org.jspecify.annotations.NullMarked;
