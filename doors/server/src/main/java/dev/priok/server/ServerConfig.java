package dev.priok.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the API is served.
 *
 * @param listeners at least one
 * @param version of the product, as {@code 0.1.0}
 * @param stopGrace how long a stopping server waits for requests that change something
 * @param metrics where the figures are served to whoever asks; empty for the API alone
 */
public record ServerConfig(
        List<Listener> listeners, String version, Duration stopGrace, Optional<Listener.Tcp> metrics) {
    /** Long enough for a stop that is under way to be answered; the daemon's own shutdown has 15 s. */
    public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(5);

    public ServerConfig {
        listeners = List.copyOf(listeners);
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("a server without listeners serves nobody");
        }
    }

    /** The given listeners with every default. */
    public static ServerConfig of(String version, Listener... listeners) {
        return new ServerConfig(List.of(listeners), version, DEFAULT_STOP_GRACE, Optional.empty());
    }
}
