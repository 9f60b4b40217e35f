package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkingConfig;
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
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** One network in memory: its record, its free addresses, and who is on it. */
final class Net {
    private final NetworkRow row;
    private final List<AddressRange> ranges = new ArrayList<>();
    /** Running containers on it, by their ids. */
    private final Map<String, EndpointRow> endpoints = new ConcurrentHashMap<>();
    /** Their ids, by their addresses. */
    private final Map<InetAddress, String> owners = new ConcurrentHashMap<>();
    /** How long a removal waits for those that are on their way out. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Of those, the ones whose run is over: they leave by themselves. Guarded by this. */
    private final Set<String> leaving = new HashSet<>();
    /** Guarded by this. */
    private boolean removed;

    Net(NetworkRow row) {
        this.row = row;
        for (Pool pool : row.configOnly() ? List.<Pool>of() : row.pools()) {
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
        put(endpoint);
        return true;
    }

    /** Puts an endpoint that has entered in place of what is known of it. */
    void put(EndpointRow endpoint) {
        endpoints.put(endpoint.container(), endpoint);
        addresses(endpoint).forEach(address -> owners.put(address, endpoint.container()));
    }

    private static List<InetAddress> addresses(EndpointRow endpoint) {
        return endpoint.addresses().stream()
                .map(address -> IpPrefix.parse(address).address())
                .toList();
    }

    /** The id of the running container that has an address. */
    Optional<String> at(InetAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    /** A run is over whose endpoint is taken away soon. */
    synchronized void expectToLeave(String container) {
        if (endpoints.containsKey(container)) {
            leaving.add(container);
        }
    }

    synchronized void leave(EndpointRow endpoint) {
        endpoints.remove(endpoint.container());
        addresses(endpoint).forEach(address -> owners.remove(address, endpoint.container()));
        give(endpoint.addresses());
        leaving.remove(endpoint.container());
        notifyAll();
    }

    /** Takes the record's addresses again after a restart of the engine. */
    void restore(EndpointRow endpoint) {
        for (String address : endpoint.addresses()) {
            InetAddress literal = IpPrefix.parse(address).address();
            ranges.forEach(range -> {
                boolean _ = range.take(literal);
            });
        }
        put(endpoint);
    }

    /** Waits while all who are on it are on their way out. */
    void awaitLeaving() {
        awaitChangeWhile(() -> !endpoints.isEmpty() && leaving.containsAll(endpoints.keySet()));
    }

    /** Waits while one who is on the way out has a port of the host. */
    void awaitPort(int hostPort) {
        awaitChangeWhile(() -> leaving.stream()
                .flatMap(container -> Optional.ofNullable(endpoints.get(container)).stream())
                .flatMap(endpoint -> endpoint.ports().stream())
                .anyMatch(port -> port.hostPort() == hostPort));
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

    /** Waits, within bounds, while something is so that the leaving of an endpoint changes. */
    private synchronized void awaitChangeWhile(BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (holds.getAsBoolean() && System.nanoTime() < deadline) {
            try {
                wait(Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis()));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Addresses for one endpoint, with their prefixes: a given one or the lowest that is free, of each family.
     *
     * @param withIpv6 whether the container has IPv6 at all
     */
    List<String> take(String ipv4, String ipv6, boolean withIpv6) {
        List<String> taken = new ArrayList<>();
        boolean done = false;
        try {
            boolean[] have = new boolean[2];
            for (AddressRange range : ranges) {
                boolean is4 = range.subnet().isIpv4();
                String wanted = is4 ? ipv4 : ipv6;
                int family = is4 ? 0 : 1;
                if (have[family]
                        || (!is4 && !withIpv6)
                        || (!wanted.isEmpty() && !range.subnet().contains(InetAddress.ofLiteral(wanted)))) {
                    continue;
                }
                Optional<InetAddress> address = wanted.isEmpty() ? range.takeAny() : exactly(range, wanted);
                if (address.isPresent()) {
                    have[family] = true;
                    taken.add(
                            IpPrefix.text(address.get()) + "/" + range.subnet().bits());
                }
            }
            require(have[0], true, ipv4);
            require(have[1] || !withIpv6, false, ipv6);
            done = true;
            return taken;
        } finally {
            if (!done) {
                give(taken);
            }
        }
    }

    private Optional<InetAddress> exactly(AddressRange range, String wanted) {
        InetAddress address = InetAddress.ofLiteral(wanted);
        awaitChangeWhile(() -> at(address).filter(leaving::contains).isPresent());
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

    /** The router of a family, if the network has one. */
    Optional<InetAddress> gateway(boolean ipv4) {
        return gateways().stream()
                .filter(gateway -> gateway instanceof Inet4Address == ipv4)
                .findFirst();
    }

    /** The routers of those subnets that addresses, with the lengths of their prefixes, are from. */
    List<InetAddress> gateways(List<String> addresses) {
        List<InetAddress> literals = addresses.stream()
                .map(address -> IpPrefix.parse(address).address())
                .toList();
        return row.pools().stream()
                .filter(pool -> !pool.gateway().isEmpty())
                .filter(pool -> literals.stream().anyMatch(IpPrefix.parse(pool.subnet())::contains))
                .map(pool -> InetAddress.ofLiteral(pool.gateway()))
                .toList();
    }

    /** Whether a container may have its default routes here. Without a parent a macvlan network leads nowhere. */
    boolean leadsOutside() {
        boolean closed = row.driver().equals("macvlan") && !row.options().containsKey("parent");
        return !row.internal() && !closed && !gateways().isEmpty();
    }

    /** Settings of an endpoint's link: {@code asked}, and what the network's options ask where that does not. */
    Map<String, String> withSettings(Map<String, String> asked) {
        if (BridgeOptions.announces(row.options())) {
            return asked;
        }
        Map<String, String> all = new HashMap<>(Map.of("ipv4.conf.IFNAME.arp_notify", "0"));
        if (row.ipv6()) {
            all.put("ipv6.conf.IFNAME.ndisc_notify", "0");
        }
        all.putAll(asked);
        return all;
    }

    /** Where ports are published that name no address of the host; empty for everywhere. */
    Optional<InetAddress> hostAddress() {
        return BridgeOptions.hostAddress(row.options());
    }

    /** Its subnets. */
    List<IpPrefix> subnets() {
        return ranges.stream().map(AddressRange::subnet).toList();
    }

    /** What the kernel is told; nothing for networks that are not made. */
    Optional<NetworkDefinition> definition(NetworkingConfig config) {
        int mtu = BridgeOptions.mtuBytes(row.options(), config.mtuBytes());
        return switch (row.driver()) {
            case "bridge" -> Optional.of(bridge(mtu, config.directRouting()));
            case "macvlan" -> {
                Optional<String> parent = Optional.ofNullable(row.options().get("parent"));
                yield Optional.of(new Macvlan(row.id(), mtu, parent, macvlanMode()));
            }
            default -> Optional.empty();
        };
    }

    private MacvlanMode macvlanMode() {
        String mode = row.options().getOrDefault("macvlan_mode", "");
        return switch (mode) {
            case "", "bridge" -> MacvlanMode.BRIDGE;
            case "private" -> MacvlanMode.PRIVATE;
            case "vepa" -> MacvlanMode.VEPA;
            case "passthru" -> MacvlanMode.PASSTHRU;
            default ->
                throw Failure.invalid(
                        "requested macvlan mode '%s' is not valid, 'bridge' mode is the macvlan driver default", mode);
        };
    }

    private NetworkDefinition bridge(int mtu, boolean directRouting) {
        Map<String, String> options = row.options();
        boolean masquerade = BridgeOptions.flag(options, BridgeOptions.MASQUERADE, true);
        List<Family> families = new ArrayList<>();
        for (Pool pool : row.pools()) {
            IpPrefix subnet = IpPrefix.parse(pool.subnet());
            GatewayMode mode = BridgeOptions.mode(options, subnet.isIpv4());
            boolean bare = mode == GatewayMode.ISOLATED
                    || (subnet.isIpv4() && BridgeOptions.flag(options, BridgeOptions.INHIBIT_IPV4, false));
            families.add(new Family(
                    subnet,
                    Optional.of(pool.gateway())
                            .filter(g -> !g.isEmpty() && !bare)
                            .map(InetAddress::ofLiteral),
                    masquerade,
                    mode));
        }
        return new Bridge(
                row.id(),
                row.link(),
                mtu,
                families,
                BridgeOptions.flag(options, BridgeOptions.CONTAINERS_TALK, true),
                row.internal(),
                BridgeOptions.trusted(options),
                directRouting);
    }
}
