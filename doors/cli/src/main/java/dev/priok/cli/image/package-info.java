/** Commands about images, and the build context. */
@NullMarked
package dev.priok.cli.image;

import org.jspecify.annotations.NullMarked;
