/** The routes of the Engine API: from a request to a call of the engine and back. */
@NullMarked
package dev.priok.server.route;

import org.jspecify.annotations.NullMarked;
