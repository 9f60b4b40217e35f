/** Commands about containers. */
@NullMarked
package dev.priok.cli.container;

import org.jspecify.annotations.NullMarked;
