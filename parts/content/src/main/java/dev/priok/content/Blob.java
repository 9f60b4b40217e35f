package dev.priok.content;

import dev.priok.core.Digest;

/**
 * A blob that is stored whole.
 *
 * @param digest its content address
 * @param size in bytes
 */
public record Blob(Digest digest, long size) {}
