package dev.priok.init;

import dev.priok.linux.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * The program that runs as first process where nobody else would reap orphans: {@code priok-reaper -- COMMAND...} starts the command,
 * hands signals on to it and ends as it ends.
 */
public final class Reaper {
    private Reaper() {}

    /** The program for an architecture, as it is committed. */
    public static byte[] binary(Architecture architecture) throws IOException {
        String name = "priok-reaper-" + architecture.name().toLowerCase(Locale.ROOT);
        try (InputStream in = Reaper.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build lacks " + name);
            }
            return in.readAllBytes();
        }
    }
}
