/** The image store over SQLite, blobs and snapshots. */
@NullMarked
package dev.priok.image.internal;

import org.jspecify.annotations.NullMarked;
