package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Volumes: directories that outlive containers. */
public interface Volumes {
    List<VolumeView> list(Filters filters);

    /** Makes a volume, or returns the one that has the name; an empty name makes an anonymous one. */
    VolumeView create(String name, String driver, Map<String, String> options, Map<String, String> labels);

    VolumeView inspect(String name);

    void remove(String name, boolean force);

    /** Removes what no container uses: anonymous ones, or all of them with the filter {@code all}. */
    PruneResult prune(Filters filters);

    /** Snapshots, clones and backups. */
    VolumeCopies copies();

    /** One volume; {@code usage} only where it was asked for. */
    record VolumeView(
            String name,
            String driver,
            String mountpoint,
            Instant created,
            Map<String, String> labels,
            Map<String, String> options,
            @Nullable Usage usage) {
        public VolumeView {
            labels = Copies.map(labels);
            options = Copies.map(options);
        }
    }

    /** Bytes on disk, and containers that use it. */
    record Usage(long bytes, int references) {}
}
