/**
 * Trees of files that a build reads and writes: what lies behind a path, wherever it really is. No path is ever followed
 * out of its tree.
 */
@NullMarked
package dev.priok.build.tree;

import org.jspecify.annotations.NullMarked;
