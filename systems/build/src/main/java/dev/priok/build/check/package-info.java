/** Best practices: looks at a parsed Dockerfile, and runs nothing. */
@NullMarked
package dev.priok.build.check;

import org.jspecify.annotations.NullMarked;
