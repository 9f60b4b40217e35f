package dev.priok.engine.lifecycle;

import dev.priok.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The networks that always exist: their names, ids and drivers. */
public final class NetworkNames {
    public static final List<String> ALL = List.of("bridge", "host", "none");

    private NetworkNames() {}

    /** The name that a mode means. */
    public static String of(String mode) {
        return mode.equals("default") || mode.isEmpty() ? "bridge" : mode;
    }

    /** The same on every machine, since these networks are. */
    public static String id(String name) {
        return Digest.sha256(("priok network " + name).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    public static String driver(String name) {
        return name.equals("none") ? "null" : name;
    }
}
