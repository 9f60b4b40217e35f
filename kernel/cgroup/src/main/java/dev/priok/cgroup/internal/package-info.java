/** The three kinds of host behind the one interface. */
@NullMarked
package dev.priok.cgroup.internal;

import org.jspecify.annotations.NullMarked;
