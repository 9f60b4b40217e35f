package dev.priok.api;

import org.jspecify.annotations.Nullable;

/** Request to put a container on a network, or to take it off. */
public record NetworkConnection(
        String container, boolean force, @Nullable EndpointSettings endpointConfig) {
    public NetworkConnection {
        container = Absent.text(container);
    }
}
