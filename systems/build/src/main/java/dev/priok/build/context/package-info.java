/** The build context: a tar stream that is read once, hashed on the way, and then is a tree. */
@NullMarked
package dev.priok.build.context;

import org.jspecify.annotations.NullMarked;
