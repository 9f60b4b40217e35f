package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.netlink.Link;
import dev.priok.netlink.LinkAddress;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.Route;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.IpPrefix;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is done to links inside of a sandbox's namespace. */
final class Inside {
    private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    /** Neighbours that remember who had the address before learn of the new one. */
    private static final String ANNOUNCES = "ipv4.conf.IFNAME.arp_notify";

    private Inside() {}

    /** Gives a fresh link its addresses, settings and routes. */
    static void configure(HeldNamespace namespace, EndpointDefinition definition) throws Exception {
        String name = definition.interfaceName();
        boolean ipv6 = definition.addresses().stream().anyMatch(a -> !a.isIpv4());
        if (ipv6 || !definition.sysctls().isEmpty()) {
            // Settings that only files have are written by a thread that goes there.
            Namespaces.inside(namespace.fd(), () -> {
                set(definition, ipv6);
                return true;
            });
        }
        int index = namespace
                .links()
                .link(name)
                .orElseThrow(() -> Failure.notFound("no interface %s in the sandbox", name))
                .index();
        LinkRequests requests = new LinkRequests();
        if (!definition.sysctls().containsKey(ANNOUNCES)) {
            requests.announce(index);
        }
        for (IpPrefix address : definition.addresses()) {
            requests.addAddress(index, address.address(), address.bits());
        }
        requests.up(index);
        for (EndpointDefinition.Route route : definition.routes()) {
            IpPrefix to = route.destination().network();
            requests.replaceRoute(to.address(), to.bits(), route.gateway(), index);
        }
        for (InetAddress gateway : definition.defaultGateways()) {
            requests.replaceRoute(any(gateway), 0, Optional.of(gateway), index);
        }
        namespace.links().send(requests);
    }

    private static void set(EndpointDefinition definition, boolean ipv6) throws IOException {
        String name = definition.interfaceName();
        if (ipv6) {
            // A port that turns packets round would make the link-local address look taken by itself.
            Namespaces.write("ipv6/conf/" + name + "/accept_dad", "0");
            Namespaces.write("ipv6/conf/" + name + "/ndisc_notify", "1");
            Namespaces.write("ipv6/conf/" + name + "/disable_ipv6", "0");
        }
        for (Map.Entry<String, String> sysctl : definition.sysctls().entrySet()) {
            setting(name, sysctl.getKey(), sysctl.getValue());
        }
    }

    private static void setting(String link, String key, String value) throws IOException {
        String path = key.replace("IFNAME", link).replace('.', '/');
        if (path.contains("..") || path.startsWith("/") || !path.contains(link)) {
            throw Failure.invalid("invalid sysctl of an endpoint: %s", key);
        }
        Path file = Path.of("/proc/sys/net").resolve(path);
        if (!Files.exists(file)) {
            throw Failure.invalid("no such sysctl: net.%s", key);
        }
        Files.writeString(file, value, StandardOpenOption.WRITE);
    }

    /** The link of an endpoint, if it is there with all its addresses. */
    static Optional<Link> intact(HeldNamespace namespace, EndpointDefinition definition) throws IOException {
        Optional<Link> link = namespace.links().link(definition.interfaceName());
        if (link.isEmpty()) {
            return link;
        }
        List<IpPrefix> there = namespace.links().addresses().stream()
                .filter(a -> a.link() == link.get().index())
                .map(Inside::prefix)
                .toList();
        return link.filter(_ -> there.containsAll(definition.addresses()));
    }

    private static IpPrefix prefix(LinkAddress address) {
        return new IpPrefix(address.address(), address.bits());
    }

    /** Removes a link, if it is there. */
    static void remove(HeldNamespace namespace, String name) throws IOException {
        Optional<Link> link = namespace.links().link(name);
        if (link.isPresent()) {
            namespace.links().send(new LinkRequests().deleteLink(link.get().index()));
        }
    }

    static boolean setDefaultGateways(HeldNamespace namespace, List<InetAddress> gateways) throws IOException {
        LinkRequests requests = new LinkRequests();
        for (Route route : namespace.links().routes()) {
            if (route.bits() == 0 && !gateways.contains(route.gateway().orElse(ANY4))) {
                requests.deleteRoute(route);
            }
        }
        for (InetAddress gateway : gateways) {
            requests.replaceRoute(any(gateway), 0, Optional.of(gateway), 0);
        }
        namespace.links().send(requests);
        return true;
    }

    private static InetAddress any(InetAddress family) {
        return Names.isIpv4(family) ? ANY4 : ANY6;
    }
}
