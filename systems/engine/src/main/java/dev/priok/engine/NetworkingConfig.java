package dev.priok.engine;

import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.ipam.AddressPools;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an engine's networks are set up; dockerd's options.
 *
 * @param bridge link of the default network; {@code none} for no default network
 * @param bridgeAddress address and prefix of that bridge; empty to choose from the pools
 * @param fixedRange part of its subnet that containers get their addresses from; empty for all
 * @param mtuBytes largest packet on bridges
 * @param containersTalk whether containers on the default network reach each other
 * @param masquerade whether the default network's packets leave with the host's address
 * @param pools for networks that name no subnet
 * @param dns name servers of containers that name none
 * @param hostAddress where ports of the default network are published that name no address of the host
 * @param ipv6 whether the default network has IPv6
 * @param bridgeAddress6 IPv6 address and prefix of its bridge; empty to choose
 * @param fixedRange6 its IPv6 subnet, or the part of it that containers get their addresses from
 * @param networkOptions options of users' networks where these name none, by driver
 * @param hostGateways what {@code host-gateway} stands for; empty for the default network's own addresses
 * @param directRouting whether published ports are also reached at the addresses of containers, from other hosts
 */
public record NetworkingConfig(
        String bridge,
        Optional<IpPrefix> bridgeAddress,
        Optional<IpPrefix> fixedRange,
        int mtuBytes,
        boolean containersTalk,
        boolean masquerade,
        AddressPools pools,
        List<String> dns,
        List<String> dnsOptions,
        List<String> dnsSearch,
        Optional<InetAddress> hostAddress,
        boolean ipv6,
        Optional<IpPrefix> bridgeAddress6,
        Optional<IpPrefix> fixedRange6,
        Map<String, Map<String, String>> networkOptions,
        List<InetAddress> hostGateways,
        boolean directRouting) {
    /** The bridge's name where no other is asked for; a real Docker beside us has docker0. */
    public static final String DEFAULT_BRIDGE = "priok0";

    /** Every default. */
    public static final NetworkingConfig DEFAULT = new NetworkingConfig(
            DEFAULT_BRIDGE,
            Optional.empty(),
            Optional.empty(),
            NetworkDefinition.DEFAULT_MTU_BYTES,
            true,
            true,
            AddressPools.DEFAULT,
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            List.of(),
            false);

    public NetworkingConfig {
        dns = List.copyOf(dns);
        dnsOptions = List.copyOf(dnsOptions);
        dnsSearch = List.copyOf(dnsSearch);
        hostGateways = List.copyOf(hostGateways);
        networkOptions = Map.copyOf(networkOptions);
    }

    public boolean hasBridge() {
        return !bridge.equals("none");
    }
}
