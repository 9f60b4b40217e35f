/** Networks and the containers on them: records, addresses, names, and their wiring. */
@NullMarked
package dev.priok.engine.network;

import org.jspecify.annotations.NullMarked;
