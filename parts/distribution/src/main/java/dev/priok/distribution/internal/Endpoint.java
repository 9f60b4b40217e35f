package dev.priok.distribution.internal;

import java.net.URI;

/**
 * One address of a registry.
 *
 * @param base such as {@code https://registry-1.docker.io}, without a path's end
 * @param transport to reach it by
 * @param mirror whether it only repeats what another has
 */
record Endpoint(URI base, Transport transport, boolean mirror) {
    URI resolve(String path) {
        return URI.create(base + path);
    }
}
