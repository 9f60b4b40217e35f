/** The catalog in SQLite, blobs in a folder. */
@NullMarked
package dev.priok.registry.internal;

import org.jspecify.annotations.NullMarked;
