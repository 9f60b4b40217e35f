package dev.priok.network;

import java.net.InetAddress;
import java.util.List;

/** What became of {@link Wiring#publish}. */
public sealed interface Publication {
    /**
     * All are in force.
     *
     * @param bindings in the order of the requests; a request for every address gives one of each family
     */
    record Published(List<PortBinding> bindings) implements Publication {
        public Published {
            bindings = List.copyOf(bindings);
        }
    }

    /** Another publication has the port; none was made ({@code Bind for 0.0.0.0:80 failed: port is already allocated}). */
    record Allocated(InetAddress hostAddress, int hostPort, Transport transport) implements Publication {}

    /**
     * The host does not give the port; none was made ({@code failed to bind host port 0.0.0.0:80/tcp: address already in
     * use}).
     *
     * @param reason the system's words, such as {@code address already in use} or {@code cannot assign requested address}
     */
    record Refused(InetAddress hostAddress, int hostPort, Transport transport, String reason) implements Publication {}
}
