/** The terminal: raw mode, window size, keys that detach, progress bars, and containers' streams. */
@NullMarked
package dev.priok.cli.terminal;

import org.jspecify.annotations.NullMarked;
