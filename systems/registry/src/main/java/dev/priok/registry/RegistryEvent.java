package dev.priok.registry;

import dev.priok.core.Digest;
import java.time.Instant;
import java.util.Locale;
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
 * @param origin whose request it was; empty for what the registry does by itself
 */
public record RegistryEvent(
        Action action,
        RepositoryName repository,
        Optional<Digest> digest,
        String mediaType,
        long size,
        Optional<String> tag,
        Instant time,
        Optional<Origin> origin) {
    /** What can happen. */
    public enum Action {
        PUSH,
        PULL,
        MOUNT,
        DELETE,
        /** A blob was found broken and moved aside. */
        DAMAGE;

        /** As notifications and the audit log write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
