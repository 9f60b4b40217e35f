/** What happens to a container over time: transitions, restarts, health, recovery. */
@NullMarked
package dev.priok.engine.lifecycle;

import org.jspecify.annotations.NullMarked;
