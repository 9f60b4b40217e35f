/** The rules of {@code .dockerignore} files. */
@NullMarked
package dev.priok.build.ignore;

import org.jspecify.annotations.NullMarked;
