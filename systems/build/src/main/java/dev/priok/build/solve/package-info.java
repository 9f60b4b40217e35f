/** Does what a plan says, one step after the other, looking into the cache first. */
@NullMarked
package dev.priok.build.solve;

import org.jspecify.annotations.NullMarked;
