package dev.priok.content;

/**
 * How much a store has.
 *
 * @param count of blobs
 * @param bytes in them
 */
public record Holdings(long count, long bytes) {}
