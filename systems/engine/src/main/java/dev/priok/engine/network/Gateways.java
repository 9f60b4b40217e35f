package dev.priok.engine.network;

import dev.priok.engine.NetworkSpec;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a container's default routes go, which may be one network for IPv4 and another for IPv6; its ports are published
 * there.
 */
record Gateways(Optional<Net> ipv4, Optional<Net> ipv6) {
    /**
     * Chooses among a container's networks as Docker does: the highest priority, of equals one that has both families, of those
     * the first name.
     *
     * @param withIpv6 whether the container has IPv6 at all
     */
    static Gateways of(List<Map.Entry<Net, NetworkSpec.Endpoint>> places, boolean withIpv6) {
        List<Net> ordered = places.stream()
                .filter(place -> place.getKey().leadsOutside())
                .sorted(Comparator.comparingInt((Map.Entry<Net, NetworkSpec.Endpoint> place) ->
                                -place.getValue().gatewayPriority())
                        .thenComparing(place -> !(has(place.getKey(), true) && has(place.getKey(), false)))
                        .thenComparing(place -> place.getKey().name()))
                .map(Map.Entry::getKey)
                .toList();
        return new Gateways(first(ordered, true), withIpv6 ? first(ordered, false) : Optional.empty());
    }

    private static Optional<Net> first(List<Net> ordered, boolean ipv4) {
        return ordered.stream().filter(net -> has(net, ipv4)).findFirst();
    }

    private static boolean has(Net net, boolean ipv4) {
        return net.gateway(ipv4).isPresent();
    }

    /**
     * The default routes that go to this network: of several subnets of a family, by the router of the one that the container's
     * address is from.
     *
     * @param addresses the container's there, with the lengths of their prefixes
     */
    List<InetAddress> by(Net net, List<String> addresses) {
        return net.gateways(addresses).stream()
                .filter(gateway -> (gateway instanceof Inet4Address ? ipv4 : ipv6)
                        .filter(net::equals)
                        .isPresent())
                .toList();
    }

    boolean include(Net net) {
        return ipv4.filter(net::equals).isPresent() || ipv6.filter(net::equals).isPresent();
    }
}
