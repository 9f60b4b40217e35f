package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.lifecycle.VolumeStore;
import dev.priok.engine.state.VolumeRow;
import dev.priok.snapshot.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much is in each volume. A volume is walked when it was used since it was walked last; while containers run with it, at most once a
 * minute. What others change on the host without a container is seen after a restart.
 */
final class VolumeSizes {
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final VolumeStore store;
    private final InstantSource clock;
    private final Map<String, Measured> known = new ConcurrentHashMap<>();

    private record Measured(Instant made, long uses, long bytes, Instant when) {}

    VolumeSizes(VolumeStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Bytes in a volume's files. */
    long of(VolumeRow row) {
        long uses = store.uses().number(row.name());
        boolean live = store.isLive(row.name());
        Measured before = known.get(row.name());
        Instant now = clock.instant();
        if (before != null && before.made().equals(row.created())) {
            boolean same = before.uses() == uses && !live;
            if (same || (live && now.isBefore(before.when().plus(FRESH)))) {
                return before.bytes();
            }
        }
        OptionalLong bounded = store.files().boundedBytes(row);
        long bytes =
                bounded.isPresent() ? bounded.getAsLong() : bytes(store.files().data(row.name()));
        // While somebody writes it is not to be taken for the last word.
        known.put(row.name(), new Measured(row.created(), live ? -1 : uses, bytes, now));
        return bytes;
    }

    /** Bytes in all volumes, as far as they were measured. */
    long measured() {
        return known.values().stream().mapToLong(Measured::bytes).sum();
    }

    void forget(String name) {
        known.remove(name);
    }

    /** As {@code du} counts: a file with several names once. */
    private static long bytes(Path folder) {
        try {
            return Usage.of(folder).bytes();
        } catch (IOException e) {
            throw Failure.internal(e, "measuring %s", folder);
        }
    }
}
