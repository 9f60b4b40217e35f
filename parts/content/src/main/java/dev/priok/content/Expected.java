package dev.priok.content;

import dev.priok.core.Digest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a writer of a blob was promised.
 *
 * @param digest what the bytes must hash to, when known; without one the blob is named by SHA-256
 * @param size how many bytes there must be, when known; one more is refused as soon as it arrives
 */
public record Expected(Optional<Digest> digest, OptionalLong size) {
    /** Nothing is known beforehand. */
    public static final Expected ANYTHING = new Expected(Optional.empty(), OptionalLong.empty());

    public static Expected of(Digest digest, long size) {
        return new Expected(Optional.of(digest), OptionalLong.of(size));
    }

    public static Expected of(Digest digest) {
        return new Expected(Optional.of(digest), OptionalLong.empty());
    }
}
