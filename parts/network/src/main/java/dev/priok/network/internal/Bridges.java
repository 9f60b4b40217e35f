package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.netlink.Link;
import dev.priok.netlink.LinkAddress;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.Macvlan;
import dev.priok.network.WiringConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The links of the host that networks are made of. To be used on a thread in the host's namespace. */
final class Bridges {
    private static final String BRIDGE = "bridge";

    private final WiringConfig config;
    private final LinkSocket links;
    private final Set<String> filtered = ConcurrentHashMap.newKeySet();
    private final Map<String, Made> made = new ConcurrentHashMap<>();

    Bridges(WiringConfig config, LinkSocket links) {
        this.config = config;
        this.links = links;
    }

    /**
     * A network that is there.
     *
     * @param link index of the bridge or parent
     */
    record Made(NetworkDefinition definition, int link) {}

    Made made(String networkId) {
        Made found = made.get(networkId);
        if (found == null) {
            throw Failure.notFound("no such network: %s", networkId);
        }
        return found;
    }

    synchronized void create(NetworkDefinition network) throws IOException {
        int link = switch (network) {
            case Bridge bridge -> bridge(bridge);
            case Macvlan macvlan -> parent(macvlan);
        };
        made.put(network.id(), new Made(network, link));
    }

    private int bridge(Bridge bridge) throws IOException {
        String alias = alias(bridge);
        Optional<Link> there = links.link(bridge.link());
        if (there.isPresent() && !there.get().kind().equals(BRIDGE)) {
            throw Failure.conflict("link %s exists and is no bridge", bridge.link());
        }
        if (there.isPresent() && isOurs(there.get()) && !there.get().alias().equals(alias)) {
            throw Failure.conflict("bridge %s belongs to another network", bridge.link());
        }
        boolean fresh = there.isEmpty();
        if (fresh) {
            links.send(new LinkRequests()
                    .addBridge(bridge.link(), bridge.mtuBytes(), Names.anyMac())
                    .upAs(bridge.link(), alias));
        }
        Link link = there.isPresent() ? there.get() : links.link(bridge.link()).orElseThrow();
        try {
            configure(bridge, link, fresh);
        } catch (IOException e) {
            if (fresh) {
                links.send(new LinkRequests().deleteLink(link.index()));
            }
            throw e;
        }
        return link.index();
    }

    /** Whether the host sends packets between ports of a bridge through the firewall (br_netfilter). */
    boolean isFiltered(Bridge bridge) {
        return filtered.contains(bridge.id());
    }

    private static boolean isOn(String setting) throws IOException {
        Path path = Path.of("/proc/sys/net/bridge", setting);
        return Files.exists(path) && Files.readString(path).strip().equals("1");
    }

    private void configure(Bridge bridge, Link link, boolean fresh) throws IOException {
        String name = bridge.link();
        if (isOn("bridge-nf-call-iptables")) {
            filtered.add(bridge.id());
        }
        boolean ipv6 = bridge.families().stream().anyMatch(f -> !f.subnet().isIpv4());
        Namespaces.write("ipv6/conf/" + name + "/accept_ra", "0");
        // Nobody else has the bridge's link-local address; without the question it can be used at once.
        Namespaces.write("ipv6/conf/" + name + "/accept_dad", "0");
        if (fresh || ipv6) {
            Namespaces.write("ipv6/conf/" + name + "/disable_ipv6", ipv6 ? "0" : "1");
        }
        Namespaces.write("ipv4/conf/" + name + "/route_localnet", "1");
        if (config.forwarding() && !bridge.internal()) {
            Namespaces.write("ipv4/ip_forward", "1");
            if (ipv6) {
                Namespaces.write("ipv6/conf/all/forwarding", "1");
            }
        }
        Set<IpPrefix> wanted = bridge.families().stream()
                .flatMap(f -> f.gateway().map(g -> new IpPrefix(g, f.subnet().bits())).stream())
                .collect(Collectors.toSet());
        Set<IpPrefix> has = new HashSet<>();
        LinkRequests requests = new LinkRequests();
        for (LinkAddress address : links.addresses()) {
            if (address.link() == link.index()) {
                IpPrefix prefix = new IpPrefix(address.address(), address.bits());
                has.add(prefix);
                boolean linkLocal = address.address().isLinkLocalAddress();
                if (isOurs(link) && !linkLocal && !isThere(prefix, wanted)) {
                    requests.deleteAddress(link.index(), address.address(), address.bits());
                }
            }
        }
        wanted.stream()
                .filter(a -> !isThere(a, has))
                .forEach(a -> requests.addAddress(link.index(), a.address(), a.bits()));
        if (link.mtuBytes() != bridge.mtuBytes()) {
            requests.setMtu(link.index(), bridge.mtuBytes());
        }
        if (!link.up()) {
            requests.up(link.index());
        }
        links.send(requests);
    }

    /** An IPv6 address can be on a link once, whatever its prefix. */
    private static boolean isThere(IpPrefix wanted, Set<IpPrefix> there) {
        return there.contains(wanted)
                || (!wanted.isIpv4()
                        && there.stream().anyMatch(other -> other.address().equals(wanted.address())));
    }

    private int parent(Macvlan macvlan) throws IOException {
        String name = macvlan.parent().orElseGet(() -> "pm-" + Names.hash(macvlan.id()));
        Optional<Link> there = links.link(name);
        if (there.isPresent()) {
            return there.get().index();
        }
        LinkRequests requests = new LinkRequests();
        int dot = name.lastIndexOf('.');
        if (macvlan.parent().isEmpty()) {
            // A pair with nothing at its other end: the kernel may lack links of the kind dummy.
            requests.addPair(name, peerOf(name), macvlan.mtuBytes()).upAs(peerOf(name), alias(macvlan));
        } else if (dot > 0 && name.substring(dot + 1).matches("[0-9]{1,4}")) {
            Link lower = links.link(name.substring(0, dot))
                    .orElseThrow(() -> Failure.invalid("no such interface on the host: %s", name.substring(0, dot)));
            requests.addVlan(name, lower.index(), Integer.parseInt(name.substring(dot + 1)));
        } else {
            throw Failure.invalid("no such interface on the host: %s", name);
        }
        links.send(requests.upAs(name, alias(macvlan)));
        return links.link(name).orElseThrow().index();
    }

    private static String peerOf(String parent) {
        return parent + "p";
    }

    synchronized void remove(String networkId) throws IOException {
        Made network = made.remove(networkId);
        if (network == null) {
            return;
        }
        for (Link link : links.links()) {
            if (link.index() == network.link() && link.alias().equals(alias(network.definition()))) {
                links.send(new LinkRequests().deleteLink(link.index()));
            }
        }
    }

    List<IpPrefix> subnetsOfOthers() throws IOException {
        Set<Integer> ours = new HashSet<>();
        for (Link link : links.links()) {
            if (isOurs(link)) {
                ours.add(link.index());
            }
        }
        List<IpPrefix> found = new ArrayList<>();
        for (LinkAddress address : links.addresses()) {
            if (!ours.contains(address.link())) {
                found.add(new IpPrefix(address.address(), address.bits()).network());
            }
        }
        for (var route : links.routes()) {
            if (!ours.contains(route.link()) && route.bits() > 0) {
                found.add(new IpPrefix(route.destination(), route.bits()));
            }
        }
        return found.stream().distinct().toList();
    }

    List<IpPrefix> addresses(String name) throws IOException {
        Optional<Link> link = links.link(name);
        return link.isEmpty()
                ? List.of()
                : links.addresses().stream()
                        .filter(a ->
                                a.link() == link.get().index() && !a.address().isLinkLocalAddress())
                        .map(a -> new IpPrefix(a.address(), a.bits()))
                        .toList();
    }

    /** Removes links of ours that are neither of a network that is made nor have one of these aliases. */
    synchronized int removeLeftovers(Set<String> kept, LinkRemovals removals) throws IOException {
        Set<String> wanted = new HashSet<>(kept);
        made.values().forEach(m -> wanted.add(alias(m.definition())));
        List<String> leftovers = links.links().stream()
                .filter(link -> isOurs(link) && !wanted.contains(link.alias()))
                .map(Link::name)
                .toList();
        removals.removeLinks(leftovers);
        return leftovers.size();
    }

    synchronized int removeEverything(LinkRemovals removals) throws IOException {
        made.clear();
        return removeLeftovers(Set.of(), removals);
    }

    private boolean isOurs(Link link) {
        return link.alias().startsWith(config.name() + ":");
    }

    private String alias(NetworkDefinition network) {
        return Names.alias(config.name(), "network:" + network.id());
    }
}
