/** {@code build}: what of a folder is sent, and the call. */
@NullMarked
package dev.priok.cli.build;

import org.jspecify.annotations.NullMarked;
