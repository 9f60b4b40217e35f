package dev.priok.registry;

import dev.priok.core.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to a repository.
 *
 * @param action what
 * @param repository where
 * @param digest of the manifest or blob
 * @param mediaType of a manifest; {@code application/octet-stream} for a blob
 * @param size in bytes
 * @param tag by which it was named, when it was
 * @param time when
 */
public record RegistryEvent(
        Action action,
        RepositoryName repository,
        Optional<Digest> digest,
        String mediaType,
        long size,
        Optional<String> tag,
        Instant time) {
    /** What can happen. */
    public enum Action {
        PUSH,
        PULL,
        MOUNT,
        DELETE
    }
}
