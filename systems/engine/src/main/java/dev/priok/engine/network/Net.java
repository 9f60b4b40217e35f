package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.Networks.Pool;
import dev.priok.engine.state.EndpointRow;
import dev.priok.engine.state.NetworkRow;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.Family;
import dev.priok.network.NetworkDefinition.GatewayMode;
import dev.priok.network.NetworkDefinition.Macvlan;
import dev.priok.network.NetworkDefinition.MacvlanMode;
import dev.priok.network.ipam.AddressRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One network in memory: its record, its free addresses, and who is on it. */
final class Net {
    private final NetworkRow row;
    private final List<AddressRange> ranges = new ArrayList<>();
    /** Running containers on it, by their ids. */
    private final Map<String, EndpointRow> endpoints = new ConcurrentHashMap<>();
    /** Guarded by this. */
    private boolean removed;

    Net(NetworkRow row) {
        this.row = row;
        for (Pool pool : row.pools()) {
            IpPrefix subnet = IpPrefix.parse(pool.subnet());
            AddressRange range =
                    new AddressRange(subnet, pool.range().isEmpty() ? subnet : IpPrefix.parse(pool.range()));
            boolean _ = !pool.gateway().isEmpty() && range.take(InetAddress.ofLiteral(pool.gateway()));
            pool.auxiliary().values().forEach(a -> {
                boolean _ = range.take(InetAddress.ofLiteral(a));
            });
            ranges.add(range);
        }
    }

    NetworkRow row() {
        return row;
    }

    String id() {
        return row.id();
    }

    String name() {
        return row.name();
    }

    boolean isDefault() {
        return name().equals("bridge");
    }

    boolean isUserDefined() {
        return !Predefined.NAMES.contains(name());
    }

    Map<String, EndpointRow> endpoints() {
        return endpoints;
    }

    /** Enters an endpoint; false when the network is gone. */
    synchronized boolean enter(EndpointRow endpoint) {
        if (removed) {
            return false;
        }
        endpoints.put(endpoint.container(), endpoint);
        return true;
    }

    void leave(EndpointRow endpoint) {
        endpoints.remove(endpoint.container(), endpoint);
        give(endpoint.addresses());
    }

    /** Takes the record's addresses again after a restart of the engine. */
    void restore(EndpointRow endpoint) {
        for (String address : endpoint.addresses()) {
            InetAddress literal = IpPrefix.parse(address).address();
            ranges.forEach(range -> {
                boolean _ = range.take(literal);
            });
        }
        endpoints.put(endpoint.container(), endpoint);
    }

    /** Marks it as gone; from then on nobody can enter. */
    synchronized void close() {
        if (!endpoints.isEmpty()) {
            EndpointRow one = endpoints.values().iterator().next();
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "error while removing network: network %s id %s has active endpoints (container:\"%s\")"
                            .formatted(name(), id(), one.container().substring(0, 12)));
        }
        removed = true;
    }

    /** Addresses for one endpoint, with their prefixes: a given one or the lowest that is free, of each family. */
    List<String> take(String ipv4, String ipv6) {
        List<String> taken = new ArrayList<>();
        boolean done = false;
        try {
            boolean[] have = new boolean[2];
            for (AddressRange range : ranges) {
                boolean is4 = range.subnet().isIpv4();
                String wanted = is4 ? ipv4 : ipv6;
                int family = is4 ? 0 : 1;
                if (have[family] || (!wanted.isEmpty() && !range.subnet().contains(InetAddress.ofLiteral(wanted)))) {
                    continue;
                }
                Optional<InetAddress> address = wanted.isEmpty() ? range.takeAny() : exactly(range, wanted);
                if (address.isPresent()) {
                    have[family] = true;
                    taken.add(address.get().getHostAddress() + "/"
                            + range.subnet().bits());
                }
            }
            require(have[0], true, ipv4);
            require(have[1], false, ipv6);
            done = true;
            return taken;
        } finally {
            if (!done) {
                give(taken);
            }
        }
    }

    private static Optional<InetAddress> exactly(AddressRange range, String wanted) {
        InetAddress address = InetAddress.ofLiteral(wanted);
        if (!range.take(address)) {
            throw new Failure(Failure.Kind.FORBIDDEN, "Address already in use");
        }
        return Optional.of(address);
    }

    private void require(boolean found, boolean ipv4, String wanted) {
        boolean needed = ranges.stream().anyMatch(r -> r.subnet().isIpv4() == ipv4);
        if (found || (!needed && wanted.isEmpty())) {
            return;
        }
        throw wanted.isEmpty()
                ? Failure.conflict(
                        "no available %s addresses on this network's address pools: %s (%s)",
                        ipv4 ? "IPv4" : "IPv6", name(), id())
                : Failure.invalid(
                        "invalid config for network %s: invalid endpoint settings:\nno configured subnet contains IP address %s",
                        name(), wanted);
    }

    void give(List<String> addresses) {
        for (String address : addresses) {
            InetAddress literal = IpPrefix.parse(address).address();
            ranges.forEach(range -> range.give(literal));
        }
    }

    List<InetAddress> gateways() {
        return row.pools().stream()
                .filter(pool -> !pool.gateway().isEmpty())
                .map(pool -> InetAddress.ofLiteral(pool.gateway()))
                .toList();
    }

    /** Its subnets. */
    List<IpPrefix> subnets() {
        return ranges.stream().map(AddressRange::subnet).toList();
    }

    /** What the kernel is told; nothing for networks that are not made. */
    Optional<NetworkDefinition> definition(int mtuOfDaemon) {
        int mtu = Integer.parseInt(
                row.options().getOrDefault("com.docker.network.driver.mtu", Integer.toString(mtuOfDaemon)));
        return switch (row.driver()) {
            case "bridge" -> Optional.of(bridge(mtu));
            case "macvlan" -> {
                Optional<String> parent = Optional.ofNullable(row.options().get("parent"));
                String mode = row.options().getOrDefault("macvlan_mode", "bridge");
                yield Optional.of(
                        new Macvlan(row.id(), mtu, parent, MacvlanMode.valueOf(mode.toUpperCase(Locale.ROOT))));
            }
            default -> Optional.empty();
        };
    }

    private NetworkDefinition bridge(int mtu) {
        boolean masquerade = !"false".equals(row.options().get("com.docker.network.bridge.enable_ip_masquerade"));
        List<Family> families = new ArrayList<>();
        for (Pool pool : row.pools()) {
            IpPrefix subnet = IpPrefix.parse(pool.subnet());
            String key = "com.docker.network.bridge.gateway_mode_" + (subnet.isIpv4() ? "ipv4" : "ipv6");
            String mode = row.options().getOrDefault(key, "nat");
            families.add(new Family(
                    subnet,
                    Optional.of(pool.gateway()).filter(g -> !g.isEmpty()).map(InetAddress::ofLiteral),
                    masquerade,
                    GatewayMode.valueOf(mode.replace('-', '_').toUpperCase(Locale.ROOT))));
        }
        String trusted = row.options().getOrDefault("com.docker.network.bridge.trusted_host_interfaces", "");
        return new Bridge(
                row.id(),
                row.link(),
                mtu,
                families,
                !"false".equals(row.options().get("com.docker.network.bridge.enable_icc")),
                row.internal(),
                trusted.isEmpty() ? Set.of() : Set.of(trusted.split(":")));
    }
}
