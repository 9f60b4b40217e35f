package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.netlink.LinkSocket;
import dev.priok.netlink.NftChain;
import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSocket;
import dev.priok.netlink.NftVerdict;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.Intended;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.Family;
import dev.priok.network.NetworkDefinition.GatewayMode;
import dev.priok.network.NetworkDefinition.Macvlan;
import dev.priok.network.NetworkDefinition.MacvlanMode;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rarer kinds of networks, families and protocols, and what others do to us. */
@Tag("root")
@ExtendWith(RootCondition.class)
class NetworkModesIT {
    private static final String TABLE = "priok-it";

    private NetworkWorld world;

    @BeforeEach
    void build() throws Exception {
        world = new NetworkWorld();
        world.wiring.reconcile(new Intended(List.of(), List.of()));
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void macvlan_isOnTheWireOfItsParent() throws Exception {
        List<String> before = world.linksOfHost();
        world.wiring.createNetwork(new Macvlan("wire", 1500, Optional.of("up0"), MacvlanMode.BRIDGE));
        join("a", "wire", List.of("192.0.2.10/24"), List.of("192.0.2.2"), Map.of());
        join("b", "wire", List.of("192.0.2.11/24"), List.of("192.0.2.2"), Map.of());
        try (ServerSocket _ = world.wiring.inside("a", () -> NetworkWorld.server(80));
                ServerSocket _ = NetworkWorld.in(world.outside, () -> NetworkWorld.server(80))) {
            assertEquals("192.0.2.11", world.from("b", ip("192.0.2.10"), 80), "by a neighbour");
            assertEquals("192.0.2.2", world.fromOutside(ip("192.0.2.10"), 80), "by another host");
            assertEquals("192.0.2.10", world.from("a", NetworkWorld.OUTSIDE, 80), "to another host");
            assertEquals("no", world.fromHost(ip("192.0.2.10"), 80), "macvlan links do not meet their parent");
        }
        world.wiring.disconnect("a", "ep-a");
        assertThrows(Exception.class, () -> world.wiring.inside("a", () -> link("eth0")));
        world.wiring.release("b");
        world.wiring.removeNetwork("wire");
        assertEquals(before, world.linksOfHost());
    }

    @Test
    void macvlanWithoutParent_isCutOff() throws Exception {
        List<String> before = world.linksOfHost();
        world.wiring.createNetwork(new Macvlan("inner", 1500, Optional.empty(), MacvlanMode.BRIDGE));
        join("a", "inner", List.of("10.77.9.2/24"), List.of(), Map.of());
        join("b", "inner", List.of("10.77.9.3/24"), List.of(), Map.of());
        try (ServerSocket _ = world.wiring.inside("a", () -> NetworkWorld.server(80))) {
            assertEquals("10.77.9.3", world.from("b", ip("10.77.9.2"), 80));
            assertEquals("no", world.from("b", NetworkWorld.OUTSIDE, 80));
        }
        world.wiring.release("a");
        world.wiring.release("b");
        world.wiring.removeNetwork("inner");
        assertEquals(before, world.linksOfHost());
        Failure unknown = assertThrows(
                Failure.class,
                () -> world.wiring.createNetwork(new Macvlan("none", 1500, Optional.of("eth77"), MacvlanMode.BRIDGE)));
        assertTrue(unknown.message().contains("eth77"), unknown.message());
    }

    @Test
    void routedNetwork_isReachedDirectlyAtPublishedPortsAlone() throws Exception {
        bridge("one", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.ROUTED)), false);
        join("web", "one", List.of("10.77.1.2/24"), List.of("10.77.1.1"), Map.of());
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80));
                ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(81))) {
            assertEquals("no", world.fromOutside(ip("10.77.1.2"), 80), "before");
            assertEquals(
                    new Publication.Published(List.of(new PortBinding(ip("0.0.0.0"), 0, Transport.TCP, 80))),
                    publish("web", Optional.empty(), 8080, 8080, Transport.TCP));
            assertEquals("192.0.2.2", world.fromOutside(ip("10.77.1.2"), 80), "with the source kept");
            assertEquals("no", world.fromOutside(ip("10.77.1.2"), 81), "not published");
            assertEquals("no", world.fromOutside(NetworkWorld.HOST, 8080), "nothing is translated");
            assertTrue(NetworkWorld.in(world.outside, () -> ip("10.77.1.2").isReachable(2000)), "ICMP passes");
            try (ServerSocket _ = NetworkWorld.in(world.host, () -> new ServerSocket(8080))) {
                world.wiring.unpublish("web", "ep-web");
            }
            assertEquals("no", world.fromOutside(ip("10.77.1.2"), 80), "withdrawn");
        }
    }

    @Test
    void unprotectedNetwork_isReachedDirectlyAtEveryPort_natAtNone() throws Exception {
        bridge("open", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT_UNPROTECTED)), false);
        bridge("shut", List.of(family("10.77.2.0/24", "10.77.2.1", GatewayMode.NAT)), false);
        join("a", "open", List.of("10.77.1.2/24"), List.of("10.77.1.1"), Map.of());
        join("b", "shut", List.of("10.77.2.2/24"), List.of("10.77.2.1"), Map.of());
        try (ServerSocket _ = world.wiring.inside("a", () -> NetworkWorld.server(80));
                ServerSocket _ = world.wiring.inside("b", () -> NetworkWorld.server(80))) {
            assertEquals("192.0.2.2", world.fromOutside(ip("10.77.1.2"), 80));
            assertEquals("no", world.fromOutside(ip("10.77.2.2"), 80));
        }
    }

    @Test
    void isolatedBridge_hasNoAddressOfTheHost() throws Exception {
        bridge(
                "far",
                List.of(new Family(IpPrefix.parse("10.77.1.0/24"), Optional.empty(), true, GatewayMode.ISOLATED)),
                true);
        join("a", "far", List.of("10.77.1.2/24"), List.of(), Map.of());
        join("b", "far", List.of("10.77.1.3/24"), List.of(), Map.of());
        try (ServerSocket _ = world.wiring.inside("a", () -> NetworkWorld.server(80))) {
            assertEquals("10.77.1.3", world.from("b", ip("10.77.1.2"), 80));
            assertEquals("no", world.fromHost(ip("10.77.1.2"), 80));
        }
        assertTrue(NetworkWorld.in(world.host, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                int index = links.link("br-far").orElseThrow().index();
                return links.addresses().stream().noneMatch(a -> a.link() == index);
            }
        }));
    }

    @Test
    void loopbackOfIpv6_isRelayed() throws Exception {
        dualStack();
        bridge("four", List.of(family("10.77.2.0/24", "10.77.2.1", GatewayMode.NAT)), false);
        join("web", "both", List.of("10.77.1.2/24", "fd77:1::2/64"), List.of("10.77.1.1", "fd77:1::1"), Map.of());
        join("old", "four", List.of("10.77.2.2/24"), List.of("10.77.2.1"), Map.of());
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80, ip("::")));
                ServerSocket _ = world.wiring.inside("old", () -> NetworkWorld.server(80))) {
            publish("web", Optional.empty(), 8080, 8080, Transport.TCP);
            assertEquals("fd77:1:0:0:0:0:0:1", world.fromHost(ip("::1"), 8080), "published everywhere");
            publish("old", Optional.of(ip("::1")), 8081, 8081, Transport.TCP);
            assertEquals("10.77.2.1", world.fromHost(ip("::1"), 8081), "a container without IPv6");
            assertEquals("no", world.fromHost(ip("127.0.0.1"), 8081));
            world.wiring.unpublish("old", "ep-old");
            assertEquals("no", world.fromHost(ip("::1"), 8081), "withdrawn");
        }
        assertThrows(Failure.class, () -> publish("old", Optional.of(ip("::1")), 8082, 8082, Transport.UDP));
        Failure other = assertThrows(
                Failure.class, () -> publish("old", Optional.of(ip("2001:db8::1")), 8083, 8083, Transport.TCP));
        assertTrue(other.message().contains("no IPv6 address"), other.message());
    }

    @Test
    void rangesAndRandomPorts_areTheSameInBothFamilies() throws Exception {
        dualStack();
        join("web", "both", List.of("10.77.1.2/24", "fd77:1::2/64"), List.of("10.77.1.1", "fd77:1::1"), Map.of());
        try (ServerSocket _ = NetworkWorld.in(world.host, () -> new ServerSocket(9000, 1, ip("::1")))) {
            var range = assertInstanceOf(
                    Publication.Published.class, publish("web", Optional.empty(), 9000, 9005, Transport.TCP));
            assertEquals(List.of("0.0.0.0 9001", "0:0:0:0:0:0:0:0 9001"), texts(range));
            var random = assertInstanceOf(
                    Publication.Published.class, publish("web", Optional.empty(), 0, 0, Transport.UDP));
            assertEquals(2, random.bindings().size());
            assertEquals(
                    random.bindings().getFirst().hostPort(),
                    random.bindings().getLast().hostPort());
            assertTrue(random.bindings().getFirst().hostPort() > 1024);
        }
        List<PortRequest> thousand = new ArrayList<>();
        for (int port = 20_000; port < 21_000; port++) {
            thousand.add(new PortRequest(Optional.of(ip("::")), port, port, Transport.UDP, port));
        }
        assertInstanceOf(Publication.Published.class, world.wiring.publish("web", "ep-web", thousand));
        assertEquals(1002, elements("anywhere6"));
    }

    private static List<String> texts(Publication.Published published) {
        return published.bindings().stream()
                .map(b -> b.hostAddress().getHostAddress() + " " + b.hostPort())
                .toList();
    }

    @Test
    void sctpPort_isPublishedAndTaken() throws Exception {
        bridge("one", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT)), false);
        join("a", "one", List.of("10.77.1.2/24"), List.of("10.77.1.1"), Map.of());
        join("b", "one", List.of("10.77.1.3/24"), List.of("10.77.1.1"), Map.of());
        assertInstanceOf(Publication.Published.class, publish("a", Optional.empty(), 3868, 3868, Transport.SCTP));
        assertInstanceOf(Publication.Allocated.class, publish("b", Optional.empty(), 3868, 3868, Transport.SCTP));
        assertInstanceOf(Publication.Published.class, publish("b", Optional.empty(), 3868, 3868, Transport.TCP));
        // The kernel may lack SCTP sockets; its packets are redirected all the same.
        try (RawPackets server = world.wiring.inside("a", () -> RawPackets.open(Transport.SCTP.number()));
                RawPackets client = NetworkWorld.in(world.outside, () -> RawPackets.open(Transport.SCTP.number()))) {
            client.send(NetworkWorld.HOST, sctpInit(4000, 3868));
            byte[] got = server.receive();
            int header = (got[0] & 0xF) * 4;
            assertEquals(80, (got[header + 2] & 0xFF) << 8 | (got[header + 3] & 0xFF), "the container's port");
            assertEquals(
                    "192.0.2.2",
                    InetAddress.getByAddress(Arrays.copyOfRange(got, 12, 16)).getHostAddress());
        }
    }

    /** An INIT chunk (RFC 9260, 3.3.2) with its checksum (CRC32c, little endian). */
    private static byte[] sctpInit(int from, int to) {
        java.nio.ByteBuffer packet = java.nio.ByteBuffer.allocate(32);
        packet.putShort((short) from).putShort((short) to).putInt(0).putInt(0);
        packet.put((byte) 1).put((byte) 0).putShort((short) 20);
        packet.putInt(0x01020304)
                .putInt(65536)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(1);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(packet.array());
        packet.order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
        return packet.array();
    }

    @Test
    void defaultRoutes_change_andSysctlsHold() throws Exception {
        bridge("one", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT)), false);
        bridge("two", List.of(family("10.77.2.0/24", "10.77.2.1", GatewayMode.NAT)), false);
        join(
                "a",
                "one",
                List.of("10.77.1.2/24"),
                List.of("10.77.1.1"),
                Map.of("ipv4.conf.IFNAME.log_martians", "1", "ipv6.conf.IFNAME.disable_ipv6", "1"));
        assertEquals(
                "1",
                world.wiring.inside(
                        "a",
                        () -> Files.readString(Path.of("/proc/sys/net/ipv4/conf/eth0/log_martians"))
                                .strip()));
        world.wiring.connect(
                "a",
                new EndpointDefinition(
                        "ep-a2",
                        "two",
                        "eth1",
                        Optional.empty(),
                        List.of(IpPrefix.parse("10.77.2.2/24")),
                        List.of(),
                        List.of(),
                        Map.of()));
        assertEquals(List.of("10.77.1.1"), defaults("a"));
        world.wiring.setDefaultGateways("a", List.of(ip("10.77.2.1")));
        assertEquals(List.of("10.77.2.1"), defaults("a"));
        world.wiring.setDefaultGateways("a", List.of());
        assertEquals(List.of(), defaults("a"));
        assertThrows(
                Failure.class,
                () -> join("b", "one", List.of("10.77.1.3/24"), List.of(), Map.of("ipv4.conf.IFNAME.nothing", "1")));
    }

    private List<String> defaults(String sandbox) throws Exception {
        return world.wiring.inside(sandbox, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                return links.routes().stream()
                        .filter(r -> r.bits() == 0)
                        .map(r -> r.gateway().orElseThrow().getHostAddress())
                        .toList();
            }
        });
    }

    @Test
    void hostEndsOfLinks_haveNoAddress() throws Exception {
        dualStack();
        join("web", "both", List.of("10.77.1.2/24", "fd77:1::2/64"), List.of(), Map.of());
        Thread.sleep(100);
        assertEquals(List.of(), NetworkWorld.in(world.host, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                List<Integer> ends = links.links().stream()
                        .filter(l -> l.name().startsWith("veth"))
                        .map(dev.priok.netlink.Link::index)
                        .toList();
                assertEquals(1, ends.size());
                return links.addresses().stream()
                        .filter(a -> ends.contains(a.link()))
                        .toList();
            }
        }));
    }

    @Test
    void flushedRules_areBackByThemselves() throws Exception {
        bridge("one", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT)), false);
        join("web", "one", List.of("10.77.1.2/24"), List.of("10.77.1.1"), Map.of());
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80))) {
            publish("web", Optional.empty(), 8080, 8080, Transport.TCP);
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080));
            commit(new NftRequests(TABLE).deleteTable());
            String seen = "no";
            for (int i = 0; i < 10 && seen.equals("no"); i++) {
                seen = world.fromOutside(NetworkWorld.HOST, 8080);
            }
            assertEquals("192.0.2.2", seen);
        }
    }

    /** The complaint that Docker's ports bypass ufw: a drop of the host's owner is final here, and ours lets go what he allows. */
    @Test
    void ownersFilter_judgesPublishedPorts() throws Exception {
        bridge("one", List.of(family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT)), false);
        join("web", "one", List.of("10.77.1.2/24"), List.of("10.77.1.1"), Map.of());
        int first = NftExpression.FIRST_REGISTER;
        NftExpression.Bytes up0 = new NftExpression.Bytes(Arrays.copyOf("up0".getBytes(StandardCharsets.US_ASCII), 16));
        List<NftExpression> fromOutside = List.of(
                new NftExpression.Meta(NftExpression.MetaKey.INPUT_NAME, first),
                new NftExpression.Compare(first, true, up0));
        List<NftExpression> drop = new ArrayList<>(fromOutside);
        drop.add(new NftExpression.Verdict(new NftVerdict.Drop()));
        NftRequests ufw = new NftRequests("ufw").addTable();
        ufw.addChain(new NftChain(
                "forward", Optional.of(new NftChain.Hook(NftChain.Kind.FILTER, NftChain.Point.FORWARD, 0))));
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80))) {
            publish("web", Optional.empty(), 8080, 8080, Transport.TCP);
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080), "nobody forbids it");
            commit(ufw.addRule("forward", drop));
            assertEquals("no", world.fromOutside(NetworkWorld.HOST, 8080), "the owner forbids it");
            assertEquals("192.0.2.1", world.fromHost(NetworkWorld.HOST, 8080), "the host itself is not meant");
            world.wiring.unpublish("web", "ep-web");
            publish("web", Optional.empty(), 8080, 8080, Transport.TCP);
            assertEquals("no", world.fromOutside(NetworkWorld.HOST, 8080), "still");
            assertTrue(tables().contains("ufw"), "what is the owner's is not touched");
            commit(new NftRequests("ufw").deleteTable());
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080), "the owner allows it");
        }
    }

    @Test
    void manyEndpoints_goInOneStep() throws Exception {
        bridge("one", List.of(family("10.77.0.0/16", "10.77.0.1", GatewayMode.NAT)), false);
        for (int i = 0; i < 100; i++) {
            join("c" + i, "one", List.of("10.77.1." + (i + 2) + "/16"), List.of("10.77.0.1"), Map.of());
        }
        long start = System.nanoTime();
        world.wiring.cleanup();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertEquals(
                List.of(),
                world.linksOfHost().stream().filter(n -> n.startsWith("veth")).toList());
        assertTrue(millis < 2000, "took " + millis + " ms, one by one it would be 2000 and more");
        world.wiring = world.restarted();
    }

    private List<String> tables() throws Exception {
        return NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                return nft.tables();
            }
        });
    }

    private void commit(NftRequests changes) throws Exception {
        NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                nft.commit(changes);
            }
            return 0;
        });
    }

    private int elements(String set) throws Exception {
        return NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                return nft.elements(TABLE, set).size();
            }
        });
    }

    private static dev.priok.netlink.Link link(String name) throws Exception {
        try (LinkSocket links = LinkSocket.open()) {
            return links.link(name).orElseThrow();
        }
    }

    private void dualStack() {
        bridge(
                "both",
                List.of(
                        family("10.77.1.0/24", "10.77.1.1", GatewayMode.NAT),
                        family("fd77:1::/64", "fd77:1::1", GatewayMode.NAT)),
                false);
    }

    private void bridge(String id, List<Family> families, boolean internal) {
        world.wiring.createNetwork(
                new Bridge(id, "br-" + id, NetworkDefinition.DEFAULT_MTU_BYTES, families, true, internal, Set.of()));
    }

    private static Family family(String subnet, String gateway, GatewayMode mode) {
        return new Family(IpPrefix.parse(subnet), Optional.of(ip(gateway)), true, mode);
    }

    private void join(
            String name, String network, List<String> addresses, List<String> gateways, Map<String, String> sysctls) {
        world.wiring.open(name);
        world.wiring.connect(
                name,
                new EndpointDefinition(
                        "ep-" + name,
                        network,
                        "eth0",
                        Optional.empty(),
                        addresses.stream().map(IpPrefix::parse).toList(),
                        gateways.stream().map(NetworkModesIT::ip).toList(),
                        List.of(),
                        sysctls));
    }

    private Publication publish(String name, Optional<InetAddress> host, int first, int last, Transport transport) {
        return world.wiring.publish(name, "ep-" + name, List.of(new PortRequest(host, first, last, transport, 80)));
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }
}
