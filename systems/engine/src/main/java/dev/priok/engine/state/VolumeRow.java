package dev.priok.engine.state;

import java.time.Instant;
import java.util.Map;

/** A volume; its directory is named after it. */
public record VolumeRow(
        String name, Instant created, Map<String, String> labels, Map<String, String> options, boolean anonymous) {
    public VolumeRow {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        options = options == null ? Map.of() : Map.copyOf(options);
    }
}
