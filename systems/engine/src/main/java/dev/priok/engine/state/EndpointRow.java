package dev.priok.engine.state;

import dev.priok.engine.ContainerView.PublishedPort;
import java.util.List;

/**
 * A container's place on a network, from its start to its end; the record of whose the addresses are.
 *
 * @param addresses with the lengths of their prefixes, such as {@code 172.17.0.2/16}
 * @param gateways of the network, those of default routes if {@code main}
 * @param main whether the container's default routes go here
 */
public record EndpointRow(
        String container,
        String network,
        String id,
        String link,
        String mac,
        List<String> addresses,
        List<String> gateways,
        boolean main,
        List<PublishedPort> ports) {
    public EndpointRow {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
        ports = List.copyOf(ports);
    }

    /** The same with other publications. */
    public EndpointRow with(boolean newMain, List<PublishedPort> newPorts) {
        return new EndpointRow(container, network, id, link, mac, addresses, gateways, newMain, newPorts);
    }
}
