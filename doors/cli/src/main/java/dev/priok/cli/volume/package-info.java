/** Commands about volumes and networks. */
@NullMarked
package dev.priok.cli.volume;

import org.jspecify.annotations.NullMarked;
