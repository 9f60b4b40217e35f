/** Images on their way from registries and to them: which layers are needed, fetched, unpacked, sent. */
@NullMarked
package dev.priok.engine.transfer;

import org.jspecify.annotations.NullMarked;
