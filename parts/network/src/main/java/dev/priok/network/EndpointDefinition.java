package dev.priok.network;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sandbox's place on a network, as it shall be.
 *
 * @param id the caller's name of it, unique and never reused; the host's end of the link is recognised by it
 * @param network id of the network
 * @param interfaceName the name inside, such as {@code eth0}
 * @param mac empty for one at random
 * @param addresses at most 32, each with its network's prefix; the first of a family is its main one
 * @param defaultGateways what the sandbox's default routes shall go through, one of each family at most; empty when
 *     another endpoint has them. They replace default routes that are there
 * @param routes further routes by this link
 * @param sysctls settings of the interface, by name below {@code net.} with the interface's name left out, such as
 *     {@code ipv4.conf.IFNAME.log_martians} to {@code 1} (com.docker.network.endpoint.sysctls)
 */
public record EndpointDefinition(
        String id,
        String network,
        String interfaceName,
        Optional<MacAddress> mac,
        List<IpPrefix> addresses,
        List<InetAddress> defaultGateways,
        List<Route> routes,
        Map<String, String> sysctls) {
    public EndpointDefinition {
        addresses = List.copyOf(addresses);
        defaultGateways = List.copyOf(defaultGateways);
        routes = List.copyOf(routes);
        sysctls = Map.copyOf(sysctls);
    }

    /** The addresses that published ports lead to: not those of the link alone, where there are others. */
    public List<IpPrefix> reachable() {
        List<IpPrefix> others = addresses.stream()
                .filter(a -> !a.address().isLinkLocalAddress())
                .toList();
        return others.isEmpty() ? addresses : others;
    }

    /**
     * A route inside a sandbox.
     *
     * @param gateway empty for what is reached on the link itself
     */
    public record Route(IpPrefix destination, Optional<InetAddress> gateway) {}
}
