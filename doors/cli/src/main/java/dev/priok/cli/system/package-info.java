/** Commands about the daemon and about objects of any kind. */
@NullMarked
package dev.priok.cli.system;

import org.jspecify.annotations.NullMarked;
