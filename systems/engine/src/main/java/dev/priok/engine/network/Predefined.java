package dev.priok.engine.network;

import dev.priok.core.Digest;
import dev.priok.engine.NetworkSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The networks that always exist. */
public final class Predefined {
    public static final List<String> NAMES = List.of("bridge", "host", "none");

    private Predefined() {}

    /** The name that a mode means. */
    public static String name(NetworkSpec network) {
        String mode = network.mode();
        return mode.equals("default") || mode.isEmpty() ? "bridge" : mode;
    }

    /** The same on every machine, since these networks are. */
    static String id(String name) {
        return Digest.sha256(("priok network " + name).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    static String driver(String name) {
        return name.equals("none") ? "null" : name;
    }
}
