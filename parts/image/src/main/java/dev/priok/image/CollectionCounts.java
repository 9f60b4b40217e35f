package dev.priok.image;

import dev.priok.core.Durations;

/**
 * What collections came to since the store was opened.
 *
 * @param durations of those that came to their end
 * @param bytes that they gave back
 */
public record CollectionCounts(Durations.Snapshot durations, long bytes) {}
