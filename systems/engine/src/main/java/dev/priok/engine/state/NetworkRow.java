package dev.priok.engine.state;

import dev.priok.engine.Networks.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A network as it was made.
 *
 * @param pools complete: each with its subnet and gateway
 * @param link name of the bridge; empty for other drivers
 * @param configOnly whether it only keeps settings, with pools as they were given
 * @param configFrom name of the network whose settings it has; empty for its own
 */
public record NetworkRow(
        String id,
        String name,
        Instant created,
        String driver,
        boolean ipv4,
        boolean ipv6,
        boolean internal,
        boolean attachable,
        List<Pool> pools,
        Map<String, String> options,
        Map<String, String> labels,
        String link,
        boolean configOnly,
        String configFrom) {
    public NetworkRow {
        configFrom = configFrom == null ? "" : configFrom;
        pools = pools == null ? List.of() : List.copyOf(pools);
        options = options == null ? Map.of() : Map.copyOf(options);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }
}
