package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.EngineParts;
import dev.priok.engine.NetworkingConfig;
import dev.priok.engine.Networks.NewNetwork;
import dev.priok.engine.Networks.Pool;
import dev.priok.engine.state.EngineStore;
import dev.priok.engine.state.NetworkRow;
import dev.priok.network.IpPrefix;
import dev.priok.network.Wiring;
import dev.priok.network.ipam.AddressPools;
import dev.priok.network.ipam.AddressRange;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All networks. Making and removing take turns; reading never waits. */
public final class NetworkStore {
    /** As Docker: anything but blanks alone; and nothing that would break a terminal. */
    private static final Pattern NAME = Pattern.compile("(?U)(?!\\s*$)\\P{Cntrl}+");

    private final EngineParts parts;
    private final NetworkingConfig config;
    private final EngineStore store;
    private final AddressPools pools;
    private final Map<String, Net> byId = new ConcurrentSkipListMap<>();

    NetworkStore(EngineParts parts, NetworkingConfig config, EngineStore store) {
        this.parts = parts;
        this.config = config;
        this.store = store;
        this.pools = config.pools().withIpv6(new SecureRandom());
        NetworkRow before = null;
        for (NetworkRow row : store.networks()) {
            if (row.id().equals(Predefined.id("bridge"))) {
                before = row;
            } else {
                byId.put(row.id(), new Net(row));
            }
        }
        for (String name : Predefined.NAMES) {
            if (!name.equals("bridge") || config.hasBridge()) {
                NetworkRow row = predefined(name, before);
                if (name.equals("bridge") && !row.equals(before)) {
                    store.deleteNetwork(row.id());
                    store.insertNetwork(row);
                }
                byId.put(row.id(), new Net(row));
            }
        }
    }

    private NetworkRow predefined(String name, @Nullable NetworkRow before) {
        boolean bridge = name.equals("bridge");
        return new NetworkRow(
                Predefined.id(name),
                name,
                bridge && before != null ? before.created() : parts.clock().instant(),
                Predefined.driver(name),
                true,
                bridge && config.ipv6(),
                false,
                false,
                bridge ? defaultPools(before == null ? List.of() : before.pools()) : List.of(),
                bridge
                        ? Map.of(
                                "com.docker.network.bridge.default_bridge",
                                "true",
                                "com.docker.network.bridge.enable_icc",
                                Boolean.toString(config.containersTalk()),
                                "com.docker.network.bridge.enable_ip_masquerade",
                                Boolean.toString(config.masquerade()),
                                BridgeOptions.HOST_ADDRESS,
                                config.hostAddress()
                                        .map(InetAddress::getHostAddress)
                                        .orElse("0.0.0.0"),
                                BridgeOptions.NAME,
                                config.bridge(),
                                "com.docker.network.driver.mtu",
                                Integer.toString(config.mtuBytes()))
                        : Map.of(),
                Map.of(),
                bridge ? config.bridge() : "",
                false,
                "");
    }

    /** The same after every start, where nothing stands in the way: containers keep what they were told. */
    private List<Pool> defaultPools(List<Pool> before) {
        List<Pool> all = new ArrayList<>();
        all.add(defaultPool(true, config.bridgeAddress(), config.fixedRange(), before));
        if (config.ipv6()) {
            all.add(defaultPool(false, config.bridgeAddress6(), config.fixedRange6(), before));
        }
        return all;
    }

    private IpPrefix firstAddress(IpPrefix subnet) {
        return new IpPrefix(InetAddress.ofLiteral(firstOf(subnet.network(), subnet.network())), subnet.bits());
    }

    private Pool defaultPool(
            boolean ipv4, Optional<IpPrefix> ofBridge, Optional<IpPrefix> ofContainers, List<Pool> before) {
        // Without an address for the bridge the range is the whole subnet, as in dockerd.
        Optional<IpPrefix> told = ofBridge.isPresent() ? ofBridge : ofContainers.map(this::firstAddress);
        Optional<IpPrefix> fixedRange = ofBridge.isPresent() ? ofContainers : Optional.empty();
        Optional<Pool> kept = before.stream()
                .filter(_ -> told.isEmpty())
                .filter(pool -> IpPrefix.parse(pool.subnet()).isIpv4() == ipv4)
                .findFirst();
        if (kept.isPresent()) {
            return kept.get();
        }
        // A bridge that somebody made, or left, has its address already.
        Optional<IpPrefix> bridgeAddress = told.isPresent()
                ? told
                : parts.wiring().stream()
                        .flatMap(wiring -> wiring.addresses(config.bridge()).stream())
                        .filter(a -> a.isIpv4() == ipv4)
                        .findFirst();
        IpPrefix address = bridgeAddress.orElse(null);
        IpPrefix subnet = address == null ? pools.choose(ipv4, inUse()) : address.network();
        String range = fixedRange.map(IpPrefix::toString).orElse("");
        return new Pool(
                subnet.toString(),
                range,
                address == null ? firstOf(subnet, subnet) : IpPrefix.text(address.address()),
                Map.of());
    }

    private static String firstOf(IpPrefix subnet, IpPrefix range) {
        return IpPrefix.text(new AddressRange(subnet, range)
                .takeAny()
                .orElseThrow(() -> Failure.invalid("the subnet %s has no address for a gateway", subnet)));
    }

    private List<IpPrefix> inUse() {
        List<IpPrefix> all = new ArrayList<>();
        byId.values().forEach(net -> all.addAll(net.subnets()));
        parts.wiring().map(Wiring::subnetsInUse).ifPresent(all::addAll);
        return all;
    }

    Collection<Net> all() {
        return byId.values();
    }

    Optional<Net> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The network that a user means: a name, a whole id, or a prefix of an id that fits only one. */
    Net get(String ref) {
        Net exact = byId.get(ref);
        if (exact != null) {
            return exact;
        }
        Optional<Net> named = named(ref);
        if (named.isPresent()) {
            return named.get();
        }
        List<Net> matches = byId.values().stream()
                .filter(net -> !ref.isEmpty() && net.id().startsWith(ref))
                .toList();
        if (matches.size() > 1) {
            throw Failure.invalid("network %s is ambiguous (%d matches found on ID prefix)", ref, matches.size());
        }
        return matches.stream().findFirst().orElseThrow(() -> Failure.notFound("network %s not found", ref));
    }

    private Optional<Net> named(String name) {
        return byId.values().stream().filter(net -> net.name().equals(name)).findFirst();
    }

    synchronized Net create(NewNetwork wanted) {
        if (!NAME.matcher(wanted.name()).matches()) {
            throw Failure.invalid("invalid network name: %s: it is blank or has control characters", wanted.name());
        }
        if (Predefined.NAMES.contains(wanted.name()) || wanted.name().equals("default")) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "operation is not permitted on predefined %s network ".formatted(wanted.name()));
        }
        if (named(wanted.name()).isPresent()) {
            throw Failure.conflict("network with name %s already exists", wanted.name());
        }
        String id = ObjectId.random(parts.random()).hex();
        if (wanted.configOnly()) {
            return keep(NetworkSettings.settings(wanted, id, parts.clock().instant()));
        }
        Optional<NetworkRow> from = wanted.configFrom().isEmpty()
                ? Optional.empty()
                : Optional.of(settingsOf(wanted.configFrom()).row());
        NetworkSettings settings = NetworkSettings.of(wanted, from, config.networkOptions());
        String driver = settings.driver();
        String link = driver.equals("bridge")
                ? settings.options().getOrDefault(BridgeOptions.NAME, "br-" + id.substring(0, 12))
                : "";
        Net net = new Net(new NetworkRow(
                id,
                wanted.name(),
                parts.clock().instant(),
                driver,
                settings.ipv4(),
                settings.ipv6(),
                wanted.internal(),
                wanted.attachable(),
                complete(settings),
                settings.options(),
                settings.labels(),
                link,
                false,
                from.map(NetworkRow::name).orElse("")));
        Wiring wiring = parts.wiring()
                .orElseThrow(() -> new Failure(Failure.Kind.UNAVAILABLE, "this engine has no networks in the kernel"));
        net.definition(config).ifPresent(wiring::createNetwork);
        boolean done = false;
        try {
            store.insertNetwork(net.row());
            done = true;
        } finally {
            if (!done) {
                wiring.removeNetwork(id);
            }
        }
        byId.put(id, net);
        return net;
    }

    private Net keep(NetworkRow settings) {
        store.insertNetwork(settings);
        Net net = new Net(settings);
        byId.put(net.id(), net);
        return net;
    }

    /** The network that keeps settings for others. */
    private Net settingsOf(String ref) {
        Net net;
        try {
            net = get(ref);
        } catch (Failure e) {
            throw new Failure(e.kind(), "configuration network \"%s\" does not exist".formatted(ref), e);
        }
        if (!net.row().configOnly()) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN, "network \"%s\" is not a configuration network".formatted(net.name()));
        }
        return net;
    }

    private List<Pool> complete(NetworkSettings wanted) {
        List<Pool> all = new ArrayList<>();
        List<IpPrefix> taken = new ArrayList<>();
        byId.values().forEach(net -> taken.addAll(net.subnets()));
        for (Pool pool : wanted.pools()) {
            if (pool.subnet().isEmpty()) {
                if (!pool.gateway().isEmpty() || !pool.range().isEmpty()) {
                    throw Failure.invalid("invalid network config: a gateway or range needs a subnet");
                }
                continue;
            }
            IpPrefix subnet = IpPrefix.parse(pool.subnet());
            if (!subnet.network().equals(subnet)) {
                throw Failure.invalid(
                        "invalid network config:\ninvalid subnet %s: it should be %s", subnet, subnet.network());
            }
            if (taken.stream().anyMatch(subnet::overlaps)) {
                throw new Failure(
                        Failure.Kind.FORBIDDEN,
                        "invalid pool request: Pool overlaps with other one on this address space");
            }
            taken.add(subnet);
            all.add(within(subnet, pool, wanted.hasGateway(subnet.isIpv4())));
        }
        addMissing(wanted, true, all);
        addMissing(wanted, false, all);
        return all;
    }

    private void addMissing(NetworkSettings wanted, boolean ipv4, List<Pool> all) {
        boolean needed = ipv4 ? wanted.ipv4() : wanted.ipv6();
        if (needed && all.stream().noneMatch(p -> IpPrefix.parse(p.subnet()).isIpv4() == ipv4)) {
            IpPrefix subnet = pools.choose(ipv4, inUse());
            String gateway = wanted.hasGateway(ipv4) ? firstOf(subnet, subnet) : "";
            all.add(new Pool(subnet.toString(), "", gateway, Map.of()));
        }
    }

    private static Pool within(IpPrefix subnet, Pool pool, boolean withGateway) {
        IpPrefix range = pool.range().isEmpty() ? subnet : IpPrefix.parse(pool.range());
        if (range.bits() < subnet.bits() || !subnet.contains(range.address())) {
            throw Failure.invalid("invalid network config:\ninvalid ip-range %s: parent subnet is %s", range, subnet);
        }
        List<String> addresses = new ArrayList<>(pool.auxiliary().values());
        if (!pool.gateway().isEmpty()) {
            addresses.add(pool.gateway());
        }
        for (String address : addresses) {
            if (!subnet.contains(IpPrefix.parse(address).address())) {
                throw Failure.invalid(
                        "invalid network config:\ninvalid address %s: parent subnet is %s", address, subnet);
            }
        }
        if (pool.gateway().isEmpty() && !withGateway) {
            return new Pool(subnet.toString(), pool.range(), "", pool.auxiliary());
        }
        AddressRange free = new AddressRange(subnet, range);
        pool.auxiliary().values().forEach(a -> {
            boolean _ = free.take(InetAddress.ofLiteral(a));
        });
        String gateway = pool.gateway().isEmpty()
                ? IpPrefix.text(free.takeAny()
                        .orElseThrow(() -> Failure.invalid("no address of %s is left for a gateway", range)))
                : IpPrefix.text(InetAddress.ofLiteral(pool.gateway()));
        return new Pool(subnet.toString(), pool.range(), gateway, pool.auxiliary());
    }

    void remove(Net net) {
        // Not with the lock held: others make and remove networks meanwhile.
        net.awaitLeaving();
        removeNow(net);
    }

    private synchronized void removeNow(Net net) {
        if (!net.isUserDefined()) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN, "%s is a pre-defined network and cannot be removed".formatted(net.name()));
        }
        if (byId.values().stream()
                .anyMatch(other ->
                        net.row().configOnly() && other.row().configFrom().equals(net.name()))) {
            throw new Failure(Failure.Kind.FORBIDDEN, "configuration network \"%s\" is in use".formatted(net.name()));
        }
        net.close();
        // Without its row it is a leftover, which the next start removes.
        store.deleteNetwork(net.id());
        byId.remove(net.id());
        parts.wiring().ifPresent(wiring -> wiring.removeNetwork(net.id()));
    }
}
