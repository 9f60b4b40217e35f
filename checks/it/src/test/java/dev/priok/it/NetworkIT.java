package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSocket;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.Intended;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.NetworkDefinition.Bridge;
import dev.priok.network.NetworkDefinition.Family;
import dev.priok.network.NetworkDefinition.GatewayMode;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Reconciled;
import dev.priok.network.Sandbox;
import dev.priok.network.Transport;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** Networks in the kernel, seen from containers, from the host and from another host. */
@Tag("root")
@ExtendWith(RootCondition.class)
class NetworkIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /** More in {@code make faults}. */
    private static final int CYCLES = Integer.getInteger("priok.network.cycles", 60);

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
    void publishedPort_isReachedFromEverywhere_withTheSourceKept() throws Exception {
        network("one", 1, true, false);
        network("two", 2, true, false);
        container("web", "one", "10.77.1.2");
        assertEquals(
                "1",
                world.wiring.inside(
                        "web",
                        () -> Files.readString(Path.of("/proc/sys/net/ipv4/conf/eth0/arp_notify"))
                                .strip()));
        container("peer", "one", "10.77.1.3");
        container("stranger", "two", "10.77.2.2");
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80))) {
            assertEquals(
                    new Publication.Published(List.of(new PortBinding(any(), 8080, Transport.TCP, 80))),
                    publish("web", Optional.empty(), 8080));
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080), "from outside");
            assertEquals("192.0.2.1", world.fromHost(NetworkWorld.HOST, 8080), "from the host");
            assertEquals("10.77.1.1", world.fromHost(LOOPBACK, 8080), "from the host's loopback");
            assertEquals("10.77.1.1", world.from("web", NetworkWorld.HOST, 8080), "hairpin");
            assertEquals("10.77.1.1", world.from("peer", NetworkWorld.HOST, 8080), "by a neighbour");
            assertEquals("10.77.1.3", world.from("peer", ip("10.77.1.2"), 80), "directly by a neighbour");
            assertEquals("10.77.1.1", world.from("stranger", NetworkWorld.HOST, 8080), "by another network");
            assertEquals("no", world.from("stranger", ip("10.77.1.2"), 80), "directly by another network");
            assertEquals("no", world.fromOutside(ip("10.77.1.2"), 80), "directly from outside");
            world.wiring.unpublish("web", "ep-web");
            assertEquals("no", world.fromOutside(NetworkWorld.HOST, 8080), "after it was withdrawn");
        }
    }

    @Test
    void publicationAtLoopback_isOfTheHostAlone() throws Exception {
        network("one", 1, true, false);
        container("web", "one", "10.77.1.2");
        container("peer", "one", "10.77.1.3");
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80));
                ServerSocket _ = NetworkWorld.in(world.host, () -> NetworkWorld.server(99))) {
            publish("web", Optional.of(LOOPBACK), 8080);
            assertEquals("10.77.1.1", world.fromHost(LOOPBACK, 8080));
            assertEquals("no", world.fromOutside(NetworkWorld.HOST, 8080));
            // A neighbour that sends packets for 127.0.0.1 over the wire gets neither the port nor the host's own.
            route(world.outside, "127.0.0.1", "192.0.2.1");
            assertEquals("no", world.fromOutside(LOOPBACK, 8080));
            assertEquals("no", world.fromOutside(LOOPBACK, 99));
        }
    }

    @Test
    void internalNetwork_isCutOff_andIccOffPartsNeighbours() throws Exception {
        network("inner", 1, true, true);
        network("quiet", 2, false, false);
        container("a", "inner", "10.77.1.2");
        container("b", "quiet", "10.77.2.2");
        container("c", "quiet", "10.77.2.3");
        try (ServerSocket _ = NetworkWorld.in(world.outside, () -> NetworkWorld.server(80));
                ServerSocket _ = world.wiring.inside("b", () -> NetworkWorld.server(80))) {
            assertEquals("no", world.from("a", NetworkWorld.OUTSIDE, 80), "internal");
            assertEquals("192.0.2.1", world.from("b", NetworkWorld.OUTSIDE, 80), "masqueraded");
            assertEquals("no", world.from("c", ip("10.77.2.2"), 80), "icc off");
            publish("b", Optional.empty(), 8080);
            assertEquals("10.77.2.1", world.from("c", NetworkWorld.HOST, 8080), "published in spite of icc off");
        }
    }

    @Test
    void dualStack_isPublishedAtBothFamilies_ofTheRightOne() throws Exception {
        Bridge both = new Bridge(
                "both",
                "br-both",
                NetworkDefinition.DEFAULT_MTU_BYTES,
                List.of(
                        new Family(IpPrefix.parse("10.77.1.0/24"), Optional.of(ip("10.77.1.1")), true, GatewayMode.NAT),
                        new Family(IpPrefix.parse("fd77:1::/64"), Optional.of(ip("fd77:1::1")), true, GatewayMode.NAT)),
                true,
                false,
                Set.of());
        world.wiring.createNetwork(both);
        world.wiring.open("web");
        world.wiring.connect(
                "web",
                new EndpointDefinition(
                        "ep-web",
                        "both",
                        "eth0",
                        Optional.empty(),
                        List.of(IpPrefix.parse("10.77.1.2/24"), IpPrefix.parse("fd77:1::2/64")),
                        List.of(ip("10.77.1.1"), ip("fd77:1::1")),
                        List.of(),
                        Map.of()));
        world.addIpv6();
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80, ip("::")))) {
            assertEquals(
                    new Publication.Published(List.of(
                            new PortBinding(any(), 8080, Transport.TCP, 80),
                            new PortBinding(ip("::"), 8080, Transport.TCP, 80))),
                    publish("web", Optional.empty(), 8080));
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080));
            String seen = "no";
            // The two hosts first ask for a second or two whether their own link-local addresses are free.
            for (int i = 0; i < 10 && seen.equals("no"); i++) {
                seen = world.fromOutside(ip("2001:db8::1"), 8080);
            }
            assertEquals("2001:db8:0:0:0:0:0:2", seen);
            assertEquals("no", world.fromOutside(ip("fd77:1::2"), 80), "directly");
        }
    }

    @Test
    void rules_areReadBackAsKnown_andComeBackAfterAFlush() throws Exception {
        network("one", 1, true, false);
        container("web", "one", "10.77.1.2");
        publish("web", Optional.empty(), 8080);
        NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                for (String chain : nft.chains("priok-it")) {
                    List<List<NftExpression>> rules = nft.rules("priok-it", chain);
                    assertTrue(!rules.isEmpty(), chain);
                    assertTrue(
                            rules.stream().flatMap(List::stream).noneMatch(e -> e instanceof NftExpression.Other),
                            () -> chain + ": " + rules);
                }
                assertEquals(17, nft.sets("priok-it").size());
                nft.commit(new NftRequests("priok-it").deleteTable());
            }
            return 0;
        });
        container("next", "one", "10.77.1.3");
        publish("next", Optional.empty(), 8081);
        assertEquals(2, elements("anywhere4"));
    }

    @Test
    void takenPort_isToldFromAllocatedOne() throws Exception {
        network("one", 1, true, false);
        container("a", "one", "10.77.1.2");
        container("b", "one", "10.77.1.3");
        publish("a", Optional.empty(), 8080);
        assertEquals(new Publication.Allocated(any(), 8080, Transport.TCP), publish("b", Optional.empty(), 8080));
        assertEquals(
                new Publication.Allocated(LOOPBACK, 8080, Transport.TCP), publish("b", Optional.of(LOOPBACK), 8080));
        try (ServerSocket _ = NetworkWorld.in(world.host, () -> new ServerSocket(8081))) {
            var refused = assertInstanceOf(Publication.Refused.class, publish("b", Optional.empty(), 8081));
            assertEquals("address already in use", refused.reason().toLowerCase(java.util.Locale.ROOT));
        }
        assertInstanceOf(
                java.net.BindException.class,
                org.junit.jupiter.api.Assertions.assertThrows(
                                Exception.class, () -> NetworkWorld.in(world.host, () -> new ServerSocket(8080)))
                        .getCause());
    }

    @Test
    void thousandPorts_areOneChange() throws Exception {
        network("one", 1, true, false);
        container("a", "one", "10.77.1.2");
        List<PortRequest> requests = new ArrayList<>();
        for (int port = 20_000; port < 21_000; port++) {
            requests.add(new PortRequest(Optional.empty(), port, port, Transport.UDP, port));
        }
        int before = generation();
        assertInstanceOf(Publication.Published.class, world.wiring.publish("a", "ep-a", requests));
        assertEquals(before + 1, generation());
        assertEquals(1000, elements("anywhere4"));
        world.wiring.release("a");
        assertEquals(0, elements("anywhere4"));
    }

    @Test
    void datagrams_goToTheNextServerOnceThePortIsPublishedAnew() throws Exception {
        network("one", 1, true, false);
        container("old", "one", "10.77.1.2");
        container("new", "one", "10.77.1.3");
        try (DatagramSocket first = world.wiring.inside("old", () -> new DatagramSocket(53, any()));
                DatagramSocket second = world.wiring.inside("new", () -> new DatagramSocket(53, any()));
                DatagramSocket client = NetworkWorld.in(world.outside, () -> new DatagramSocket(0, any()))) {
            first.setSoTimeout(2000);
            second.setSoTimeout(2000);
            PortRequest request = new PortRequest(Optional.empty(), 5353, 5353, Transport.UDP, 53);
            world.wiring.publish("old", "ep-old", List.of(request));
            DatagramPacket ping = new DatagramPacket(new byte[] {1}, 1, NetworkWorld.HOST, 5353);
            client.send(ping);
            first.receive(new DatagramPacket(new byte[9], 9));
            world.wiring.unpublish("old", "ep-old");
            world.wiring.publish("new", "ep-new", List.of(request));
            client.send(ping);
            second.receive(new DatagramPacket(new byte[9], 9));
        }
    }

    @Test
    void restart_takesBackWhatRunsAndRemovesLeftovers() throws Exception {
        Bridge one = network("one", 1, true, false);
        Sandbox web = container("web", "one", "10.77.1.2");
        container("gone", "one", "10.77.1.3");
        publish("web", Optional.empty(), 8080);
        try (ServerSocket _ = world.wiring.inside("web", () -> NetworkWorld.server(80));
                dev.priok.linux.Fd kept = dev.priok.linux.FileCalls.host()
                        .open(web.path(), dev.priok.linux.OpenFlag.RDONLY | dev.priok.linux.OpenFlag.CLOEXEC, 0)) {
            world.wiring.close();
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080), "while the daemon is away");
            world.wiring = world.restarted();
            Reconciled found = world.wiring.reconcile(new Intended(
                    List.of(one),
                    List.of(new Intended.RunningSandbox(
                            "web",
                            kept.procPath(),
                            List.of(new Intended.RunningEndpoint(
                                    endpoint("web", "one", "10.77.1.2"),
                                    List.of(new PortBinding(any(), 8080, Transport.TCP, 80))))))));
            assertEquals(List.of(), found.problems());
            assertEquals(0, found.repaired());
            assertEquals("192.0.2.2", world.fromOutside(NetworkWorld.HOST, 8080), "after");
            assertEquals(new Publication.Allocated(any(), 8080, Transport.TCP), publish("web", Optional.empty(), 8080));
            assertEquals(
                    1,
                    world.linksOfHost().stream()
                            .filter(l -> l.startsWith("veth"))
                            .count());
            world.wiring.cleanup();
            assertEquals(List.of("lo", "up0"), names());
            world.wiring = world.restarted();
        }
    }

    @Test
    void cycles_leaveNothing() throws Exception {
        network("one", 1, true, false);
        List<String> links = names();
        Map<String, Integer> sets = setSizes();
        long descriptors = descriptors();
        List<Long> nanos = new ArrayList<>();
        List<Long> connecting = new ArrayList<>();
        for (int i = 0; i < CYCLES; i++) {
            long start = System.nanoTime();
            world.wiring.open("c" + i);
            long opened = System.nanoTime();
            world.wiring.connect("c" + i, endpoint("c" + i, "one", "10.77.1.2"));
            connecting.add(System.nanoTime() - opened);
            publish("c" + i, Optional.empty(), 8080);
            nanos.add(System.nanoTime() - start);
            if (i % 2 == 0) {
                world.wiring.disconnect("c" + i, "ep-c" + i);
            }
            world.wiring.release("c" + i);
        }
        nanos.sort(null);
        connecting.sort(null);
        System.getLogger("NetworkIT")
                .log(
                        System.Logger.Level.INFO,
                        "open+connect+publish p50 {0} us, connect {1} us",
                        nanos.get(CYCLES / 2) / 1000,
                        connecting.get(CYCLES / 2) / 1000);
        long deadline = System.nanoTime() + 20_000_000_000L;
        while ((!names().equals(links) || descriptors() > descriptors + 2) && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        assertEquals(links, names());
        assertTrue(descriptors() <= descriptors + 2, descriptors + " then " + descriptors());
        assertEquals(sets, setSizes());
    }

    private Map<String, Integer> setSizes() throws Exception {
        return NetworkWorld.in(world.host, () -> {
            Map<String, Integer> sizes = new java.util.TreeMap<>();
            try (NftSocket nft = NftSocket.open()) {
                for (String set : nft.sets("priok-it")) {
                    sizes.put(set, nft.elements("priok-it", set).size());
                }
            }
            return sizes;
        });
    }

    private List<String> names() throws Exception {
        return world.linksOfHost().stream()
                .filter(n -> n.equals("lo") || n.equals("up0") || n.startsWith("veth") || n.startsWith("br-"))
                .sorted()
                .toList();
    }

    private static long descriptors() {
        return Arrays.stream(new java.io.File("/proc/self/fd").list()).count();
    }

    private int generation() throws Exception {
        return NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                return nft.generation();
            }
        });
    }

    private int elements(String set) throws Exception {
        return NetworkWorld.in(world.host, () -> {
            try (NftSocket nft = NftSocket.open()) {
                return nft.elements("priok-it", set).size();
            }
        });
    }

    private static void route(dev.priok.linux.Fd namespace, String to, String by) throws Exception {
        NetworkWorld.in(namespace, () -> {
            java.nio.file.Files.writeString(java.nio.file.Path.of("/proc/sys/net/ipv4/conf/eth0/route_localnet"), "1");
            try (var links = dev.priok.netlink.LinkSocket.open()) {
                var lo = links.link("lo").orElseThrow().index();
                int eth0 = links.link("eth0").orElseThrow().index();
                links.send(new dev.priok.netlink.LinkRequests().deleteAddress(lo, LOOPBACK, 8));
                links.send(new dev.priok.netlink.LinkRequests().replaceRoute(ip(to), 32, Optional.of(ip(by)), eth0));
            }
            return 0;
        });
    }

    private Bridge network(String id, int subnet, boolean icc, boolean internal) {
        Bridge bridge = new Bridge(
                id,
                "br-" + id,
                NetworkDefinition.DEFAULT_MTU_BYTES,
                List.of(new Family(
                        IpPrefix.parse("10.77." + subnet + ".0/24"),
                        Optional.of(ip("10.77." + subnet + ".1")),
                        true,
                        GatewayMode.NAT)),
                icc,
                internal,
                Set.of());
        world.wiring.createNetwork(bridge);
        return bridge;
    }

    private Sandbox container(String name, String network, String address) {
        Sandbox sandbox = world.wiring.open(name);
        world.wiring.connect(name, endpoint(name, network, address));
        return sandbox;
    }

    private static EndpointDefinition endpoint(String name, String network, String address) {
        String gateway = address.substring(0, address.lastIndexOf('.')) + ".1";
        return new EndpointDefinition(
                "ep-" + name,
                network,
                "eth0",
                Optional.empty(),
                List.of(IpPrefix.parse(address + "/24")),
                List.of(ip(gateway)),
                List.of(),
                Map.of());
    }

    private Publication publish(String name, Optional<InetAddress> host, int port) {
        return world.wiring.publish(name, "ep-" + name, List.of(new PortRequest(host, port, port, Transport.TCP, 80)));
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static InetAddress any() {
        return ip("0.0.0.0");
    }
}
