package dev.priok.engine.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.NetworkSpec;
import dev.priok.engine.Networks.Pool;
import dev.priok.engine.state.NetworkRow;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewaysTest {
    private static Net macvlan(String name, Pool... pools) {
        Map<String, String> options = Map.of("parent", "eth0");
        return new Net(new NetworkRow(
                name,
                name,
                Instant.EPOCH,
                "macvlan",
                true,
                true,
                false,
                false,
                List.of(pools),
                options,
                Map.of(),
                "",
                false,
                ""));
    }

    private static Pool pool(String subnet, String gateway) {
        return new Pool(subnet, "", gateway, Map.of());
    }

    private static Gateways of(boolean withIpv6, Net... nets) {
        return Gateways.of(
                List.of(nets).stream()
                        .map(net -> Map.entry(net, NetworkSpec.Endpoint.PLAIN))
                        .toList(),
                withIpv6);
    }

    private static List<InetAddress> literals(String... addresses) {
        return List.of(addresses).stream().map(InetAddress::ofLiteral).toList();
    }

    @Test
    void ofTwoSubnetsOfAFamily_theAddressSaysWhoseRouterIsTaken() {
        Net net = macvlan(
                "m",
                pool("172.28.100.0/24", "172.28.100.1"),
                pool("172.28.102.0/24", "172.28.102.254"),
                pool("2001:db8:abc2::/64", "2001:db8:abc2::1"),
                pool("2001:db8:abc4::/64", "2001:db8:abc4::254"));
        Gateways gateways = of(true, net);
        assertEquals(
                literals("172.28.102.254", "2001:db8:abc4::254"),
                gateways.by(net, List.of("172.28.102.7/24", "2001:db8:abc4::7/64")));
        assertEquals(
                literals("172.28.100.1", "2001:db8:abc2::1"),
                gateways.by(net, List.of("172.28.100.7/24", "2001:db8:abc2::7/64")));
        assertEquals(
                literals("172.28.102.254"),
                of(false, net).by(net, List.of("172.28.102.7/24", "2001:db8:abc4::7/64")),
                "without IPv6");
    }

    @Test
    void oneNetworkOfAFamilyHasItsDefaultRoute() {
        Net first = macvlan("a", pool("10.1.0.0/24", "10.1.0.1"));
        Net second = macvlan("b", pool("10.2.0.0/24", "10.2.0.1"));
        Gateways gateways = of(true, second, first);
        assertEquals(literals("10.1.0.1"), gateways.by(first, List.of("10.1.0.2/24")));
        assertEquals(List.of(), gateways.by(second, List.of("10.2.0.2/24")));
    }
}
