package dev.priok.network;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A network as it shall be in the kernel. */
public sealed interface NetworkDefinition {
    /** Bytes of a packet where nothing else is asked: that of Ethernet. */
    int DEFAULT_MTU_BYTES = 1500;

    /** The caller's name of the network, unique and never reused: its id. */
    String id();

    /** The largest packet on its links, in bytes. */
    int mtuBytes();

    /** How containers of a bridge are reached from other hosts (com.docker.network.bridge.gateway_mode_ipv4). */
    enum GatewayMode {
        /** By published ports alone. */
        NAT,
        /** By published ports, and directly by whoever has a route to the network. */
        NAT_UNPROTECTED,
        /** Directly, to published container ports alone; nothing is translated. */
        ROUTED,
        /** Not at all: the bridge has no address (internal networks only). */
        ISOLATED
    }

    /**
     * What a bridge does with one family of addresses.
     *
     * @param subnet the network's range
     * @param gateway the bridge's own address; empty when it has none (mode ISOLATED, or inhibit_ipv4)
     * @param masquerade whether packets that leave the host get the host's address as their source
     */
    record Family(IpPrefix subnet, Optional<java.net.InetAddress> gateway, boolean masquerade, GatewayMode mode) {
        public Family {
            subnet = subnet.network();
        }
    }

    /**
     * A bridge of the host.
     *
     * @param link name of the bridge, at most 15 bytes
     * @param families at most one of IPv4 and one of IPv6
     * @param containersTalk whether containers on it may reach each other (enable_icc)
     * @param internal whether it is cut off from everything but the host itself
     * @param trustedInterfaces links of the host from which containers may be reached directly
     *     (com.docker.network.bridge.trusted_host_interfaces)
     * @param directRouting whether published ports may also be reached at the container's own address from elsewhere
     */
    record Bridge(
            String id,
            String link,
            int mtuBytes,
            List<Family> families,
            boolean containersTalk,
            boolean internal,
            Set<String> trustedInterfaces,
            boolean directRouting)
            implements NetworkDefinition {
        public Bridge {
            families = List.copyOf(families);
            trustedInterfaces = Set.copyOf(trustedInterfaces);
        }

        /** Without direct routing. */
        public Bridge(
                String id,
                String link,
                int mtuBytes,
                List<Family> families,
                boolean containersTalk,
                boolean internal,
                Set<String> trustedInterfaces) {
            this(id, link, mtuBytes, families, containersTalk, internal, trustedInterfaces, false);
        }
    }

    /** How macvlan links of one parent reach each other (macvlan_mode). */
    enum MacvlanMode {
        BRIDGE,
        PRIVATE,
        VEPA,
        PASSTHRU
    }

    /**
     * Links of their own Ethernet address upon a link of the host.
     *
     * @param parent the link of the host, such as {@code eth0} or {@code eth0.50}; a VLAN of an existing link is made when
     *     missing; empty for an internal network, which gets a parent of its own that leads nowhere
     */
    record Macvlan(String id, int mtuBytes, Optional<String> parent, MacvlanMode mode) implements NetworkDefinition {}
}
