package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.GatewayMode;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * How the ports that an endpoint asks for can be published.
 *
 * @param held take a port of the host
 * @param anyAddresses what stands for every address of the host for these
 * @param direct ports of the endpoint that others reach by routing; they take no port of the host, and have 0 for it
 */
record Publications(List<PortRequest> held, List<InetAddress> anyAddresses, List<PortBinding> direct) {
    Publications {
        held = List.copyOf(held);
        anyAddresses = List.copyOf(anyAddresses);
        direct = List.copyOf(direct);
    }

    /**
     * Those of an endpoint with these addresses.
     *
     * @param relay whether connections to [::1] are relayed
     * @throws Failure INVALID for an address of the host that cannot lead to any of the endpoint's
     */
    static Publications of(Bridge bridge, List<IpPrefix> addresses, List<PortRequest> requests, boolean relay) {
        List<InetAddress> any = new ArrayList<>(Names.anyAddresses(addresses));
        List<PortRequest> held = new ArrayList<>();
        List<PortBinding> direct = new ArrayList<>();
        for (PortRequest request : requests) {
            for (InetAddress address : any) {
                boolean theirs = request.hostAddress()
                        .map(host -> Names.isIpv4(host) == Names.isIpv4(address))
                        .orElse(true);
                if (theirs && isRouted(bridge, Names.isIpv4(address))) {
                    direct.add(new PortBinding(address, 0, request.transport(), request.containerPort()));
                }
            }
            if (request.hostAddress().isEmpty()) {
                held.add(request);
            } else if (!isRouted(bridge, Names.isIpv4(request.hostAddress().get()))) {
                require(request, request.hostAddress().get(), addresses, relay);
                held.add(request);
            }
        }
        any.removeIf(address -> isRouted(bridge, Names.isIpv4(address)));
        if (any.isEmpty()) {
            held.removeIf(request -> request.hostAddress().isEmpty());
        }
        return new Publications(held, any, direct);
    }

    private static void require(PortRequest request, InetAddress host, List<IpPrefix> addresses, boolean relay) {
        if (host.equals(LoopbackRelay.LOOPBACK) && !relay) {
            throw Failure.invalid(
                    "port %d/%s cannot be published at [::1] without the relay (--userland-proxy): publish it at 127.0.0.1",
                    request.containerPort(), request.transport());
        }
        boolean relayed = host.equals(LoopbackRelay.LOOPBACK);
        boolean reachable = addresses.stream().anyMatch(a -> a.isIpv4() == Names.isIpv4(host));
        if (relayed && request.transport() != Transport.TCP) {
            throw Failure.invalid(
                    "port %d/%s cannot be published at [::1], which is for tcp alone: publish it at 127.0.0.1",
                    request.containerPort(), request.transport());
        }
        if (!relayed && !reachable) {
            throw Failure.invalid(
                    "port %d/%s cannot be published at %s: the container has no %s address",
                    request.containerPort(),
                    request.transport(),
                    host.getHostAddress(),
                    Names.isIpv4(host) ? "IPv4" : "IPv6");
        }
    }

    static boolean isRouted(Bridge bridge, boolean ipv4) {
        return bridge.families().stream()
                .anyMatch(family -> family.subnet().isIpv4() == ipv4 && family.mode() == GatewayMode.ROUTED);
    }

    /** Whether the host reaches it at [::1]. */
    static boolean isRelayed(PortBinding binding) {
        boolean everywhere =
                binding.hostAddress().isAnyLocalAddress() && !(binding.hostAddress() instanceof Inet4Address);
        return binding.hostPort() != 0
                && binding.transport() == Transport.TCP
                && (everywhere || binding.hostAddress().equals(LoopbackRelay.LOOPBACK));
    }

    /** Where a publication leads: an address of its family, or of the other for [::1]. */
    static InetAddress server(List<IpPrefix> addresses, PortBinding binding) {
        boolean ipv4 = binding.hostAddress() instanceof Inet4Address;
        return addresses.stream()
                .filter(address -> address.isIpv4() == ipv4)
                .findFirst()
                .orElseGet(addresses::getFirst)
                .address();
    }
}
