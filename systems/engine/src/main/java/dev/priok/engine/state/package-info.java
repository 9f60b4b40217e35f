/** What the engine keeps in the database. */
@NullMarked
package dev.priok.engine.state;

import org.jspecify.annotations.NullMarked;
