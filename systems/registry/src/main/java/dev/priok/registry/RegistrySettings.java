package dev.priok.registry;

import java.time.Duration;

/**
 * How a registry behaves.
 *
 * @param maximumBlobBytes most bytes of one blob
 * @param maximumManifestBytes most bytes of one manifest; the specification wants 4 MiB at least
 * @param incompleteManifests take a manifest although blobs or listed manifests are missing
 * @param deletion whether anything may be deleted by clients
 * @param uploadExpiry an upload that is older is thrown away
 * @param grace what is unneeded is kept as long as this, for a push that is about to need it
 * @param cacheBytes memory for manifests
 */
public record RegistrySettings(
        long maximumBlobBytes,
        int maximumManifestBytes,
        boolean incompleteManifests,
        boolean deletion,
        Duration uploadExpiry,
        Duration grace,
        long cacheBytes) {
    /** Everything as the specification has it. */
    public static final RegistrySettings DEFAULT =
            new RegistrySettings(64L << 30, 8 << 20, false, true, Duration.ofDays(1), Duration.ofHours(1), 32L << 20);

    /** The same with another grace; for tests of collection. */
    public RegistrySettings withGrace(Duration other) {
        return new RegistrySettings(
                maximumBlobBytes, maximumManifestBytes, incompleteManifests, deletion, uploadExpiry, other, cacheBytes);
    }
}
