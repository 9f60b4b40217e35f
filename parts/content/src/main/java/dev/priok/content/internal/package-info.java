/** The store of blobs in a folder. */
@NullMarked
package dev.priok.content.internal;

import org.jspecify.annotations.NullMarked;
