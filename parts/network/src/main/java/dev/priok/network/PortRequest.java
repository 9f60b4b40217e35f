package dev.priok.network;

import dev.priok.core.Failure;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A publication that is wanted.
 *
 * @param hostAddress empty for every address of the host, of both families where the endpoint has both (0.0.0.0 and ::)
 * @param firstHostPort lowest acceptable port of the host; 0 for any that is free
 * @param lastHostPort highest acceptable port; the first free one is taken
 */
public record PortRequest(
        Optional<InetAddress> hostAddress,
        int firstHostPort,
        int lastHostPort,
        Transport transport,
        int containerPort) {
    private static final int LAST_PORT = 65535;

    public PortRequest {
        if (firstHostPort < 0 || lastHostPort > LAST_PORT || firstHostPort > lastHostPort) {
            throw Failure.invalid("invalid hostPort: %d-%d", firstHostPort, lastHostPort);
        }
        if (containerPort < 1 || containerPort > LAST_PORT) {
            throw Failure.invalid("invalid containerPort: %d", containerPort);
        }
    }
}
