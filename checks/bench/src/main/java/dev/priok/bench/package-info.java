/** Measures this build beside real peers in the same run; prints medians and ratios, judges nothing. */
@NullMarked
package dev.priok.bench;

import org.jspecify.annotations.NullMarked;
