package dev.priok.network.internal;

import dev.priok.linux.Errno;
import dev.priok.netlink.NetlinkException;
import dev.priok.netlink.NftElement;
import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSet;
import dev.priok.netlink.NftSocket;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.Family;
import dev.priok.network.NetworkDefinition.GatewayMode;
import dev.priok.network.PortBinding;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Our nftables table: what networks and publications put into its sets, changed one batch at a time. */
final class Firewall implements AutoCloseable {
    private final String table;
    private final NftSocket socket;
    /** By the id of the network or endpoint: all that is in the table, to make it again when somebody flushed it. */
    private final Map<String, Map<NftSet, List<NftElement>>> entries = new HashMap<>();
    /** The rules as the kernel tells them; empty before they were made. */
    private List<List<List<NftExpression>>> rules = List.of();
    /** The change after which they were looked at last. */
    private int generation;

    Firewall(String table, NftSocket socket) {
        this.table = table;
        this.socket = socket;
    }

    /** Makes the table anew with these entries, in one step: packets meet the old table or the new one. */
    synchronized void replace(Map<String, Map<NftSet, List<NftElement>>> all) throws IOException {
        entries.clear();
        entries.putAll(all);
        rebuild();
    }

    private void rebuild() throws IOException {
        NftRequests changes = new NftRequests(table);
        Rules.write(changes);
        Map<NftSet, List<NftElement>> merged = new LinkedHashMap<>();
        entries.values()
                .forEach(some -> some.forEach((set, elements) ->
                        merged.computeIfAbsent(set, _ -> new ArrayList<>()).addAll(elements)));
        merged.forEach(changes::addElements);
        socket.commit(changes);
        generation = socket.generation();
        rules = rules();
    }

    private List<List<List<NftExpression>>> rules() throws IOException {
        List<List<List<NftExpression>>> all = new ArrayList<>();
        for (String chain : Rules.CHAINS) {
            all.add(socket.rules(table, chain));
        }
        return all;
    }

    /** Makes the table again if somebody else has changed or removed its rules; whether that was so. */
    synchronized boolean mend() throws IOException {
        int now = socket.generation();
        if (rules.isEmpty() || now == generation) {
            return false;
        }
        if (rules().equals(rules)) {
            generation = now;
            return false;
        }
        rebuild();
        return true;
    }

    /** Puts the entries of a network or endpoint in place of those that it has. */
    synchronized void put(String id, Map<NftSet, List<NftElement>> now) throws IOException {
        Map<NftSet, List<NftElement>> before =
                Optional.ofNullable(entries.get(id)).orElse(Map.of());
        if (before.equals(now)) {
            return;
        }
        entries.put(id, now);
        try {
            change(before, now);
        } catch (IOException e) {
            if (before.isEmpty()) {
                entries.remove(id);
            } else {
                entries.put(id, before);
            }
            throw e;
        }
        if (now.isEmpty()) {
            entries.remove(id);
        }
    }

    private void change(Map<NftSet, List<NftElement>> before, Map<NftSet, List<NftElement>> now) throws IOException {
        NftRequests changes = new NftRequests(table);
        before.forEach(changes::deleteElements);
        now.forEach(changes::addElements);
        try {
            socket.commit(changes);
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            rebuild(); // somebody flushed the ruleset
        }
    }

    /** Removes the table. */
    synchronized void remove() throws IOException {
        rules = List.of();
        socket.commit(new NftRequests(table).addTable().deleteTable());
    }

    /** The entries of a network. */
    static Map<NftSet, List<NftElement>> ofNetwork(Bridge bridge) {
        Map<NftSet, List<NftElement>> all = new LinkedHashMap<>();
        NftElement link = NftElement.of(NftElement.fields(bridge.link()));
        all.put(Rules.BRIDGES, List.of(link));
        List<NftElement> allowed = new ArrayList<>();
        if (bridge.containersTalk()) {
            allowed.add(NftElement.of(NftElement.fields(bridge.link(), bridge.link())));
        }
        bridge.trustedInterfaces().forEach(name -> allowed.add(NftElement.of(NftElement.fields(name, bridge.link()))));
        if (!allowed.isEmpty()) {
            all.put(Rules.ALLOWED, allowed);
        }
        if (bridge.internal()) {
            all.put(Rules.INTERNAL, List.of(link));
        }
        for (Rules.Family f : Rules.Family.values()) {
            Optional<Family> family = bridge.families().stream()
                    .filter(x -> x.subnet().isIpv4() == (f == Rules.Family.V4))
                    .findFirst();
            if (family.map(Family::mode).orElse(GatewayMode.NAT) != GatewayMode.NAT_UNPROTECTED) {
                all.put(f.protectedBridges, List.of(link));
            }
            if (family.map(Family::mode).orElse(GatewayMode.NAT) == GatewayMode.ROUTED) {
                all.put(f.routedBridges, List.of(link));
            }
            family.ifPresent(definition -> {
                IpPrefix subnet = definition.subnet();
                all.put(
                        f.homes,
                        List.of(NftElement.range(
                                NftElement.fields(subnet.address(), bridge.link()),
                                NftElement.fields(subnet.last(), bridge.link()))));
                boolean translated =
                        definition.mode() == GatewayMode.NAT || definition.mode() == GatewayMode.NAT_UNPROTECTED;
                if (definition.masquerade() && !bridge.internal() && translated) {
                    all.put(
                            f.masqueraded,
                            List.of(NftElement.range(
                                    NftElement.fields(subnet.address()), NftElement.fields(subnet.last()))));
                }
            });
        }
        return all;
    }

    /** The entries of an endpoint's publications. */
    static Map<NftSet, List<NftElement>> ofBindings(
            Bridge bridge, List<IpPrefix> addresses, List<PortBinding> bindings) {
        Map<NftSet, List<NftElement>> all = new LinkedHashMap<>();
        for (PortBinding binding : bindings) {
            boolean ipv4 = binding.hostAddress() instanceof Inet4Address;
            Rules.Family f = ipv4 ? Rules.Family.V4 : Rules.Family.V6;
            Optional<InetAddress> server = addresses.stream()
                    .filter(a -> a.isIpv4() == ipv4)
                    .map(IpPrefix::address)
                    .findFirst();
            if (server.isEmpty() || binding.hostAddress().equals(LoopbackRelay.LOOPBACK)) {
                continue;
            }
            byte protocol = (byte) binding.transport().number();
            short hostPort = (short) binding.hostPort();
            short port = (short) binding.containerPort();
            NftSet set;
            NftElement element;
            if (Publications.isRouted(bridge, ipv4)) {
                set = f.routed;
                element = NftElement.of(NftElement.fields(server.get(), protocol, port));
            } else if (binding.hostAddress().isAnyLocalAddress()) {
                set = f.publishedAnywhere;
                element =
                        NftElement.of(NftElement.fields(protocol, hostPort)).to(NftElement.fields(server.get(), port));
            } else {
                set = f.published;
                element = NftElement.of(NftElement.fields(binding.hostAddress(), protocol, hostPort))
                        .to(NftElement.fields(server.get(), port));
            }
            put(all, set, element);
            if (bridge.directRouting()) {
                put(all, f.routed, NftElement.of(NftElement.fields(server.get(), protocol, port)));
            }
        }
        return all;
    }

    private static void put(Map<NftSet, List<NftElement>> all, NftSet set, NftElement element) {
        List<NftElement> elements = all.computeIfAbsent(set, _ -> new ArrayList<>());
        if (!elements.contains(element)) {
            elements.add(element);
        }
    }

    /** Adds to an endpoint's entries what leads a publication's connections at [::1] to the relay at a port of it. */
    static void addRelay(Map<NftSet, List<NftElement>> entries, PortBinding binding, int relayPort) {
        byte protocol = (byte) binding.transport().number();
        short hostPort = (short) binding.hostPort();
        entries.computeIfAbsent(Rules.Family.V6.published, _ -> new ArrayList<>())
                .add(NftElement.of(NftElement.fields(LoopbackRelay.LOOPBACK, protocol, hostPort))
                        .to(NftElement.fields(LoopbackRelay.LOOPBACK, (short) relayPort)));
    }

    @Override
    public void close() {
        socket.close();
    }
}
