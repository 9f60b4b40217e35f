/** Looks into the layers of an image. */
@NullMarked
package dev.priok.build.analyze;

import org.jspecify.annotations.NullMarked;
