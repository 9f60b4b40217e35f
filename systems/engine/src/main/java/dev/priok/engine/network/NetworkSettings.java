package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.Networks.NewNetwork;
import dev.priok.engine.Networks.Pool;
import dev.priok.engine.state.NetworkRow;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition.GatewayMode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a network shall be, once the request, a configuration network and the daemon's options have been laid over each other. */
record NetworkSettings(
        String driver,
        boolean ipv4,
        boolean ipv6,
        boolean internal,
        List<Pool> pools,
        Map<String, String> options,
        Map<String, String> labels) {
    private static final String ENABLE_IPV4 = "com.docker.network.enable_ipv4";
    private static final String ENABLE_IPV6 = "com.docker.network.enable_ipv6";

    NetworkSettings {
        pools = List.copyOf(pools);
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }

    /** Those of a request; INVALID when they cannot be meant. */
    static NetworkSettings of(
            NewNetwork wanted, Optional<NetworkRow> from, Map<String, Map<String, String>> optionsOfDaemon) {
        String driver = wanted.driver().isEmpty() || wanted.driver().equals("default") ? "bridge" : wanted.driver();
        if (!driver.equals("bridge") && !driver.equals("macvlan")) {
            throw Failure.notFound("could not find plugin %s in v1 plugin registry: plugin not found", driver);
        }
        from.ifPresent(_ -> requireNothingElse(wanted));
        Map<String, String> options = new LinkedHashMap<>(optionsOfDaemon.getOrDefault(driver, Map.of()));
        if (from.isEmpty() && wanted.ipv4() != null) {
            options.remove(ENABLE_IPV4);
        }
        if (from.isEmpty() && wanted.ipv6() != null) {
            options.remove(ENABLE_IPV6);
        }
        options.putAll(from.map(NetworkRow::options).orElse(wanted.options()));
        Boolean askedIpv4 = from.<Boolean>map(NetworkRow::ipv4).orElse(wanted.ipv4());
        Boolean askedIpv6 = from.<Boolean>map(NetworkRow::ipv6).orElse(wanted.ipv6());
        boolean ipv4 = askedIpv4 == null ? BridgeOptions.flag(options, ENABLE_IPV4, true) : askedIpv4;
        boolean ipv6 = askedIpv6 == null ? BridgeOptions.flag(options, ENABLE_IPV6, false) : askedIpv6;
        if (driver.equals("bridge")) {
            if (!ipv4 && !ipv6) {
                throw Failure.invalid("IPv4 or IPv6 must be enabled");
            }
            BridgeOptions.check(options, wanted.internal());
        }
        BridgeOptions.checkAnnouncements(options);
        return new NetworkSettings(
                driver,
                ipv4,
                ipv6,
                wanted.internal(),
                from.map(NetworkRow::pools).orElse(wanted.pools()),
                options,
                from.map(NetworkRow::labels).orElse(wanted.labels()));
    }

    private static void requireNothingElse(NewNetwork wanted) {
        if (!wanted.pools().isEmpty()
                || !wanted.options().isEmpty()
                || !wanted.labels().isEmpty()
                || Boolean.TRUE.equals(wanted.ipv6())) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "user specified configurations are not supported if the network depends on a configuration network");
        }
    }

    /** A network that only keeps settings. */
    static NetworkRow settings(NewNetwork wanted, String id, Instant now) {
        if (!wanted.configFrom().isEmpty()) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN, "a configuration network cannot depend on another configuration network");
        }
        wanted.pools().stream().filter(p -> !p.subnet().isEmpty()).forEach(p -> IpPrefix.parse(p.subnet()));
        return new NetworkRow(
                id,
                wanted.name(),
                now,
                "null",
                wanted.ipv4() == null || wanted.ipv4(),
                wanted.ipv6() != null && wanted.ipv6(),
                wanted.internal(),
                wanted.attachable(),
                wanted.pools(),
                wanted.options(),
                wanted.labels(),
                "",
                true,
                "");
    }

    /** Whether one of the network's own addresses of a family is its router's, where none is named. */
    boolean hasGateway(boolean forIpv4) {
        if (driver.equals("macvlan")) {
            return !internal && options.containsKey("parent");
        }
        boolean bare = BridgeOptions.mode(options, forIpv4) == GatewayMode.ISOLATED
                || (forIpv4 && BridgeOptions.flag(options, BridgeOptions.INHIBIT_IPV4, false));
        return !(internal && bare);
    }
}
