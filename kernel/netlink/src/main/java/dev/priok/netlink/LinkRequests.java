package dev.priok.netlink;

import dev.priok.linux.Fd;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Changes of links, addresses, routes and neighbours, sent together by {@link LinkSocket#send}. Each stands for itself: those
 * before one that is refused have happened, and those behind it are tried. See rtnetlink(7).
 */
public final class LinkRequests extends Requests {
    static final int NEW_LINK = 16;
    static final int DELETE_LINK = 17;
    static final int GET_LINK = 18;
    static final int SET_LINK = 19;
    static final int NEW_ADDRESS = 20;
    static final int DELETE_ADDRESS = 21;
    static final int GET_ADDRESS = 22;
    static final int NEW_ROUTE = 24;
    static final int DELETE_ROUTE = 25;
    static final int GET_ROUTE = 26;
    private static final int NEW_NEIGHBOUR = 28;
    private static final int DELETE_NEIGHBOUR = 29;

    static final int LINK_MAC = 1;
    static final int LINK_NAME = 3;
    static final int LINK_MTU = 4;
    static final int LINK_LOWER = 5;
    static final int LINK_MASTER = 10;
    static final int LINK_INFO = 18;
    static final int LINK_ALIAS = 20;
    private static final int LINK_FAMILY_SETTINGS = 26;
    private static final int LINK_GROUP = 27;
    private static final int LINK_NAMESPACE = 28;
    private static final int IPV4 = 2;
    private static final int IPV4_SETTINGS = 1;
    /** {@code arp_notify}, by its number (linux/ip.h, IPV4_DEVCONF_ARP_NOTIFY). */
    private static final int IPV4_ANNOUNCES = 22;

    private static final int IPV6 = 10;
    private static final int IPV6_ADDRESS_MODE = 8;
    private static final int IPV6_NO_ADDRESS = 1;
    /** A link with a smaller MTU has no IPv6 to set (RFC 8200, 5). */
    private static final int IPV6_LEAST_MTU = 1280;

    static final int INFO_KIND = 1;
    static final int INFO_DATA = 2;
    private static final int INFO_PORT_KIND = 4;
    private static final int INFO_PORT_DATA = 5;
    private static final int VETH_PEER = 1;
    private static final int BRIDGE_STP = 5;
    private static final int PORT_STATE = 1;
    private static final int PORT_STATE_DISABLED = 0;
    private static final int PORT_HAIRPIN = 4;
    private static final int PORT_FLUSH = 24;
    private static final int PORT_ISOLATED = 33;
    private static final int MACVLAN_MODE = 1;
    private static final int VLAN_ID = 1;

    static final int UP = 1;

    static final int ADDRESS_ADDRESS = 1;
    static final int ADDRESS_LOCAL = 2;
    private static final int ADDRESS_BROADCAST = 4;
    private static final int ADDRESS_FLAGS = 8;
    private static final int NO_DUPLICATE_DETECTION = 2;

    static final int ROUTE_DESTINATION = 1;
    static final int ROUTE_LINK = 4;
    static final int ROUTE_GATEWAY = 5;
    static final int TABLE_MAIN = 254;
    private static final int PROTOCOL_BOOT = 3;
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_LINK = 253;
    private static final int TYPE_UNICAST = 1;

    private static final int NEIGHBOUR_ADDRESS = 1;
    private static final int NEIGHBOUR_MAC = 2;
    private static final int NEIGHBOUR_PERMANENT = 128;

    /** How macvlan links of one parent reach each other (linux/if_link.h). */
    public enum MacvlanMode {
        PRIVATE(1),
        VEPA(2),
        BRIDGE(4),
        PASSTHRU(8);

        private final int number;

        MacvlanMode(int number) {
            this.number = number;
        }
    }

    /** Makes a bridge without spanning tree, so that its ports forward at once. */
    public LinkRequests addBridge(String name, int mtuBytes, byte[] mac) {
        add("making bridge " + name, NEW_LINK, CREATE | EXCLUSIVE, w -> {
            link(w, 0, 0, 0)
                    .attribute(LINK_NAME, name)
                    .attribute32(LINK_MTU, mtuBytes)
                    .attribute(LINK_MAC, mac);
            info(w, "bridge", () -> w.attribute32(BRIDGE_STP, 0));
        });
        return this;
    }

    /**
     * Makes a pair of links: one end as a port of a bridge here, the other in a namespace.
     *
     * @param master index of the bridge; 0 for none
     */
    public LinkRequests addVeth(
            String name, int mtuBytes, int master, String peerName, byte[] peerMac, Fd peerNamespace) {
        add("making link " + peerName + " with " + name, NEW_LINK, CREATE | EXCLUSIVE, w -> {
            link(w, 0, 0, 0).attribute(LINK_NAME, name).attribute32(LINK_MTU, mtuBytes);
            if (master != 0) {
                w.attribute32(LINK_MASTER, master);
            }
            info(
                    w,
                    "veth",
                    () -> w.nest(
                            VETH_PEER,
                            () -> link(w, 0, 0, 0)
                                    .attribute(LINK_NAME, peerName)
                                    .attribute32(LINK_MTU, mtuBytes)
                                    .attribute(LINK_MAC, peerMac)
                                    .attribute32(LINK_NAMESPACE, peerNamespace.number())));
        });
        return this;
    }

    /** Makes a link of its own Ethernet address upon another, in a namespace. */
    public LinkRequests addMacvlan(String name, int mtuBytes, int parent, MacvlanMode mode, byte[] mac, Fd namespace) {
        add("making macvlan link " + name, NEW_LINK, CREATE | EXCLUSIVE, w -> {
            link(w, 0, 0, 0)
                    .attribute(LINK_NAME, name)
                    .attribute32(LINK_MTU, mtuBytes)
                    .attribute32(LINK_LOWER, parent)
                    .attribute(LINK_MAC, mac)
                    .attribute32(LINK_NAMESPACE, namespace.number());
            info(w, "macvlan", () -> w.attribute32(MACVLAN_MODE, mode.number));
        });
        return this;
    }

    /** Makes a VLAN upon a link. */
    public LinkRequests addVlan(String name, int parent, int vlan) {
        add("making VLAN link " + name, NEW_LINK, CREATE | EXCLUSIVE, w -> {
            link(w, 0, 0, 0).attribute(LINK_NAME, name).attribute32(LINK_LOWER, parent);
            info(w, "vlan", () -> w.attribute16(VLAN_ID, vlan));
        });
        return this;
    }

    /** Makes a pair of links, both here. */
    public LinkRequests addPair(String name, String peerName, int mtuBytes) {
        add("making link " + name, NEW_LINK, CREATE | EXCLUSIVE, w -> {
            link(w, 0, 0, 0).attribute(LINK_NAME, name).attribute32(LINK_MTU, mtuBytes);
            info(
                    w,
                    "veth",
                    () -> w.nest(
                            VETH_PEER,
                            () -> link(w, 0, 0, 0)
                                    .attribute(LINK_NAME, peerName)
                                    .attribute32(LINK_MTU, mtuBytes)));
        });
        return this;
    }

    public LinkRequests up(int index) {
        add("setting link " + index + " up", SET_LINK, 0, w -> link(w, index, UP, UP));
        return this;
    }

    /** Sets the end of a pair up as a port of a bridge, with no IPv6 address of its own, and writes an alias on it. */
    public LinkRequests upAsPort(String name, String alias, int mtuBytes) {
        add("setting link " + name + " up", SET_LINK, 0, w -> {
            link(w, 0, UP, UP).attribute(LINK_NAME, name).attribute(LINK_ALIAS, alias);
            if (mtuBytes >= IPV6_LEAST_MTU) {
                w.nest(
                        LINK_FAMILY_SETTINGS,
                        () -> w.nest(IPV6, () -> w.attribute8(IPV6_ADDRESS_MODE, IPV6_NO_ADDRESS)));
            }
        });
        return this;
    }

    /** Makes a link tell its neighbours its IPv4 address whenever it comes up: the setting {@code arp_notify}. */
    public LinkRequests announce(int index) {
        add(
                "setting arp_notify of link " + index,
                SET_LINK,
                0,
                w -> link(w, index, 0, 0)
                        .nest(
                                LINK_FAMILY_SETTINGS,
                                () -> w.nest(
                                        IPV4, () -> w.nest(IPV4_SETTINGS, () -> w.attribute32(IPV4_ANNOUNCES, 1)))));
        return this;
    }

    /** Puts a link into a group, a number that its users choose. */
    public LinkRequests setGroup(String name, int group) {
        add(
                "marking link " + name,
                SET_LINK,
                0,
                w -> link(w, 0, 0, 0).attribute(LINK_NAME, name).attribute32(LINK_GROUP, group));
        return this;
    }

    /** Removes all links of a group in one step, which takes no longer than removing one. */
    public LinkRequests deleteGroup(int group) {
        add("removing links", DELETE_LINK, 0, w -> link(w, 0, 0, 0).attribute32(LINK_GROUP, group));
        return this;
    }

    /** Sets a link up and writes an alias on it. */
    public LinkRequests upAs(String name, String alias) {
        add(
                "setting link " + name + " up",
                SET_LINK,
                0,
                w -> link(w, 0, UP, UP).attribute(LINK_NAME, name).attribute(LINK_ALIAS, alias));
        return this;
    }

    public LinkRequests setMtu(int index, int mtuBytes) {
        add(
                "setting the MTU of link " + index,
                SET_LINK,
                0,
                w -> link(w, index, 0, 0).attribute32(LINK_MTU, mtuBytes));
        return this;
    }

    /** Makes a link a port of a bridge. */
    public LinkRequests setMaster(int index, int master) {
        add(
                "putting link " + index + " on its bridge",
                SET_LINK,
                0,
                w -> link(w, index, 0, 0).attribute32(LINK_MASTER, master));
        return this;
    }

    /**
     * Sets how a port of a bridge forwards.
     *
     * @param hairpin whether packets may go out where they came in
     * @param isolated whether it exchanges nothing with other isolated ports
     */
    public LinkRequests setPort(String name, boolean hairpin, boolean isolated) {
        // RTM_SETLINK ignores the data of ports; RTM_NEWLINK of a link that exists takes it.
        add("setting port " + name, NEW_LINK, 0, w -> {
            link(w, 0, 0, 0).attribute(LINK_NAME, name);
            w.nest(
                    LINK_INFO,
                    () -> w.attribute(INFO_PORT_KIND, "bridge")
                            .nest(
                                    INFO_PORT_DATA,
                                    () -> w.attribute8(PORT_HAIRPIN, hairpin ? 1 : 0)
                                            .attribute8(PORT_ISOLATED, isolated ? 1 : 0)));
        });
        return this;
    }

    /** Makes a port neither forward nor learn, and its bridge forget who was behind it. */
    public LinkRequests silencePort(String name) {
        add("silencing port " + name, NEW_LINK, 0, w -> {
            link(w, 0, 0, 0).attribute(LINK_NAME, name);
            w.nest(
                    LINK_INFO,
                    () -> w.attribute(INFO_PORT_KIND, "bridge")
                            .nest(
                                    INFO_PORT_DATA,
                                    () -> w.attribute8(PORT_STATE, PORT_STATE_DISABLED)
                                            .attribute(PORT_FLUSH, new byte[0])));
        });
        return this;
    }

    public LinkRequests deleteLink(int index) {
        add("removing link " + index, DELETE_LINK, 0, w -> link(w, index, 0, 0));
        return this;
    }

    public LinkRequests deleteLink(String name) {
        add("removing link " + name, DELETE_LINK, 0, w -> link(w, 0, 0, 0).attribute(LINK_NAME, name));
        return this;
    }

    /** Gives a link an address, at once usable: nobody is asked first whether it is taken. */
    public LinkRequests addAddress(int link, InetAddress address, int bits) {
        add(
                "adding address " + text(address, bits) + " to link " + link,
                NEW_ADDRESS,
                CREATE | EXCLUSIVE,
                w -> address(w, link, address, bits));
        return this;
    }

    public LinkRequests deleteAddress(int link, InetAddress address, int bits) {
        add(
                "removing address " + text(address, bits) + " from link " + link,
                DELETE_ADDRESS,
                0,
                w -> address(w, link, address, bits));
        return this;
    }

    /** Adds a route, or puts it in place of the one to the same destination. */
    public LinkRequests replaceRoute(InetAddress destination, int bits, Optional<InetAddress> gateway, int link) {
        add(
                "adding route to " + text(destination, bits)
                        + gateway.map(g -> " by " + g.getHostAddress()).orElse(""),
                NEW_ROUTE,
                CREATE | REPLACE,
                w -> route(w, destination, bits, gateway, link));
        return this;
    }

    public LinkRequests deleteRoute(Route route) {
        add(
                "removing route to " + text(route.destination(), route.bits()),
                DELETE_ROUTE,
                0,
                w -> route(w, route.destination(), route.bits(), route.gateway(), route.link()));
        return this;
    }

    /** Tells a link who has an address, for good. */
    public LinkRequests replaceNeighbour(int link, InetAddress address, byte[] mac) {
        add(
                "adding neighbour " + address.getHostAddress(),
                NEW_NEIGHBOUR,
                CREATE | REPLACE,
                w -> neighbour(w, link, address, NEIGHBOUR_PERMANENT).attribute(NEIGHBOUR_MAC, mac));
        return this;
    }

    public LinkRequests deleteNeighbour(int link, InetAddress address) {
        add("removing neighbour " + address.getHostAddress(), DELETE_NEIGHBOUR, 0, w -> neighbour(w, link, address, 0));
        return this;
    }

    static MessageWriter link(MessageWriter w, int index, int flags, int change) {
        return w.put8(0).put8(0).put16(0).put32(index).put32(flags).put32(change);
    }

    private static void info(MessageWriter w, String kind, Runnable data) {
        w.nest(LINK_INFO, () -> w.attribute(INFO_KIND, kind).nest(INFO_DATA, data));
    }

    private static void address(MessageWriter w, int link, InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        w.put8(family(address)).put8(bits).put8(0).put8(0).put32(link);
        w.attribute(ADDRESS_LOCAL, bytes).attribute(ADDRESS_ADDRESS, bytes);
        if (address instanceof Inet4Address && bits < 31) {
            w.attribute(ADDRESS_BROADCAST, broadcast(bytes, bits));
        }
        if (!(address instanceof Inet4Address)) {
            w.attribute32(ADDRESS_FLAGS, NO_DUPLICATE_DETECTION);
        }
    }

    private static byte[] broadcast(byte[] address, int bits) {
        byte[] last = address.clone();
        for (int bit = bits; bit < 32; bit++) {
            last[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return last;
    }

    private static void route(
            MessageWriter w, InetAddress destination, int bits, Optional<InetAddress> gateway, int link) {
        int scope = gateway.isPresent() || !(destination instanceof Inet4Address) ? SCOPE_UNIVERSE : SCOPE_LINK;
        w.put8(family(destination)).put8(bits).put8(0).put8(0);
        w.put8(TABLE_MAIN).put8(PROTOCOL_BOOT).put8(scope).put8(TYPE_UNICAST).put32(0);
        if (bits > 0) {
            w.attribute(ROUTE_DESTINATION, destination.getAddress());
        }
        gateway.ifPresent(g -> w.attribute(ROUTE_GATEWAY, g.getAddress()));
        if (link != 0) {
            w.attribute32(ROUTE_LINK, link);
        }
    }

    private static MessageWriter neighbour(MessageWriter w, int link, InetAddress address, int state) {
        return w.put8(family(address))
                .put8(0)
                .put16(0)
                .put32(link)
                .put16(state)
                .put8(0)
                .put8(0)
                .attribute(NEIGHBOUR_ADDRESS, address.getAddress());
    }

    static int family(InetAddress address) {
        return address instanceof Inet4Address ? 2 : 10;
    }

    private static String text(InetAddress address, int bits) {
        return address.getHostAddress() + "/" + bits;
    }

    /** For questions, which each need a body of their own. */
    static Requests question(String asked, int type, int flags, Consumer<MessageWriter> body) {
        Requests requests = new Requests();
        requests.add(asked, type, flags, body);
        return requests;
    }
}
