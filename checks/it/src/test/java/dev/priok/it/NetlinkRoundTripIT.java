package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.OsThread;
import dev.priok.linux.SocketCalls;
import dev.priok.netlink.Link;
import dev.priok.netlink.LinkAddress;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import dev.priok.netlink.NftChain;
import dev.priok.netlink.NftElement;
import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftExpression.AddressKind;
import dev.priok.netlink.NftExpression.Base;
import dev.priok.netlink.NftExpression.Bytes;
import dev.priok.netlink.NftExpression.Compare;
import dev.priok.netlink.NftExpression.Connection;
import dev.priok.netlink.NftExpression.ConnectionKey;
import dev.priok.netlink.NftExpression.Load;
import dev.priok.netlink.NftExpression.Mask;
import dev.priok.netlink.NftExpression.Meta;
import dev.priok.netlink.NftExpression.MetaKey;
import dev.priok.netlink.NftExpression.Payload;
import dev.priok.netlink.NftExpression.Verdict;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSet;
import dev.priok.netlink.NftSocket;
import dev.priok.netlink.NftType;
import dev.priok.netlink.NftVerdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is written to the kernel of a namespace of our own is what it reports. */
class NetlinkRoundTripIT {
    private static final String TABLE = "round-trip";
    private static final int FIRST = NftExpression.FIRST_REGISTER;
    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private static NftSocket tables;
    private static LinkSocket links;

    @BeforeContainer
    static void open() throws Exception {
        if (ROOT) {
            OsThread.run("round-trip", () -> {
                SocketCalls.host().leaveNetwork();
                tables = NftSocket.open();
                links = LinkSocket.open();
                return 0;
            });
        }
    }

    @AfterContainer
    static void close() {
        if (ROOT) {
            tables.close();
            links.close();
        }
    }

    @Property(tries = 60)
    void rules(@ForAll("ruleSets") List<List<NftExpression>> rules) throws Exception {
        if (!ROOT) {
            return;
        }
        NftRequests changes = new NftRequests(TABLE).addTable().deleteTable().addTable();
        changes.addChain(new NftChain("other", Optional.empty()));
        changes.addChain(new NftChain(
                "tested", Optional.of(new NftChain.Hook(NftChain.Kind.FILTER, NftChain.Point.FORWARD, 0))));
        rules.forEach(rule -> changes.addRule("tested", rule));
        tables.commit(changes);
        assertEquals(rules, tables.rules(TABLE, "tested"));
        assertEquals(Set.of("other", "tested"), new HashSet<>(tables.chains(TABLE)));
    }

    @Provide
    Arbitrary<List<List<NftExpression>>> ruleSets() {
        Arbitrary<List<NftExpression>> clauses = Arbitraries.oneOf(
                        Arbitraries.of("eth0", "br-123456789abc", "x")
                                .map(name ->
                                        condition(new Meta(MetaKey.INPUT_NAME, FIRST), true, NftElement.fields(name))),
                        Combinators.combine(bytes(1), flag())
                                .as((value, equal) -> condition(new Meta(MetaKey.TRANSPORT, FIRST), equal, value)),
                        Combinators.combine(Arbitraries.integers().between(0, 40), bytes(4), flag())
                                .as((offset, value, equal) ->
                                        condition(new Payload(Base.NETWORK, offset, 4, FIRST), equal, value)),
                        Combinators.combine(Arbitraries.integers().between(0, 12), bytes(2), flag())
                                .as((offset, value, equal) ->
                                        condition(new Payload(Base.TRANSPORT, offset, 2, FIRST), equal, value)),
                        Combinators.combine(Arbitraries.of(ConnectionKey.values()), bytes(4))
                                .as((key, mask) -> List.of(
                                        new Connection(key, FIRST),
                                        new Mask(FIRST, mask),
                                        new Compare(FIRST, false, new Bytes(new byte[4])))),
                        flag().map(ofSource ->
                                condition(new AddressKind(ofSource, FIRST), true, new Bytes(new byte[] {2, 0, 0, 0}))),
                        bytes(4).map(value -> List.of(new Load(FIRST + 4, value))))
                .map(List::copyOf);
        Arbitrary<NftVerdict> verdicts = Arbitraries.of(
                new NftVerdict.Accept(),
                new NftVerdict.Drop(),
                new NftVerdict.Return(),
                new NftVerdict.Jump("other"),
                new NftVerdict.Goto("other"));
        Arbitrary<List<NftExpression>> rules = Combinators.combine(
                        clauses.list().ofMaxSize(5), verdicts)
                .as((some, verdict) -> {
                    List<NftExpression> all = new ArrayList<>();
                    some.forEach(all::addAll);
                    all.add(new Verdict(verdict));
                    return all;
                });
        return rules.list().ofMinSize(1).ofMaxSize(8);
    }

    private static List<NftExpression> condition(NftExpression load, boolean equal, Bytes value) {
        return List.of(load, new Compare(FIRST, equal, value));
    }

    private static Arbitrary<Boolean> flag() {
        return Arbitraries.of(true, false);
    }

    private static Arbitrary<Bytes> bytes(int count) {
        return Arbitraries.bytes().array(byte[].class).ofSize(count).map(Bytes::new);
    }

    @Property(tries = 40)
    void maps(@ForAll boolean ipv4, @ForAll @Size(max = 300) Set<@IntRange(min = 1, max = 65535) Integer> ports)
            throws Exception {
        if (!ROOT) {
            return;
        }
        NftType family = ipv4 ? NftType.IPV4_ADDRESS : NftType.IPV6_ADDRESS;
        NftSet map = new NftSet(
                "ports", List.of(family, NftType.PROTOCOL, NftType.PORT), List.of(family, NftType.PORT), false);
        List<NftElement> elements = ports.stream()
                .map(port -> NftElement.of(NftElement.fields(address(ipv4, port), (byte) 6, (short) (int) port))
                        .to(NftElement.fields(address(ipv4, port * 7), (short) (port * 3))))
                .toList();
        tables.commit(new NftRequests(TABLE)
                .addTable()
                .deleteTable()
                .addTable()
                .addSet(map)
                .addElements(map, elements));
        assertEquals(new HashSet<>(elements), new HashSet<>(tables.elements(TABLE, "ports")));
        List<NftElement> half = elements.subList(0, elements.size() / 2);
        if (!half.isEmpty()) {
            tables.commit(new NftRequests(TABLE).deleteElements(map, half));
        }
        assertEquals(
                new HashSet<>(elements.subList(elements.size() / 2, elements.size())),
                new HashSet<>(tables.elements(TABLE, "ports")));
    }

    @Property(tries = 40)
    void rangesWithNames(@ForAll boolean ipv4, @ForAll @Size(max = 40) Set<@IntRange(max = 250) Integer> thirds)
            throws Exception {
        if (!ROOT) {
            return;
        }
        NftSet set = new NftSet(
                "homes",
                List.of(ipv4 ? NftType.IPV4_ADDRESS : NftType.IPV6_ADDRESS, NftType.LINK_NAME),
                List.of(),
                true);
        List<NftElement> elements = thirds.stream()
                .map(third -> NftElement.range(
                        NftElement.fields(address(ipv4, third << 8), "br-" + third),
                        NftElement.fields(address(ipv4, third << 8 | 255), "br-" + third)))
                .toList();
        tables.commit(new NftRequests(TABLE)
                .addTable()
                .deleteTable()
                .addTable()
                .addSet(set)
                .addElements(set, elements));
        assertEquals(new HashSet<>(elements), new HashSet<>(tables.elements(TABLE, "homes")));
    }

    private static InetAddress address(boolean ipv4, int number) {
        byte[] bytes = ipv4 ? new byte[] {10, 1, 0, 0} : Arrays.copyOf(new byte[] {(byte) 0xfd, 1}, 16);
        bytes[bytes.length - 2] = (byte) (number >> 8);
        bytes[bytes.length - 1] = (byte) number;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 25)
    void linksWithAddresses(
            @ForAll("names") String name,
            @ForAll @IntRange(min = 1280, max = 9000) int mtu,
            @ForAll @Size(6) byte[] mac,
            @ForAll("aliases") String alias,
            @ForAll @Size(max = 8) Set<@IntRange(min = 1, max = 60000) Integer> hosts,
            @ForAll @IntRange(min = 16, max = 31) int bits)
            throws Exception {
        if (!ROOT) {
            return;
        }
        mac[0] = (byte) ((mac[0] & 0xFC) | 2);
        links.send(new LinkRequests().addBridge(name, mtu, mac).upAs(name, alias));
        try {
            Link link = links.link(name).orElseThrow();
            assertEquals(new Link(link.index(), name, true, mtu, link.mac(), 0, 0, "bridge", alias), link);
            assertEquals(new Bytes(mac), new Bytes(link.mac().orElseThrow()));
            LinkRequests addresses = new LinkRequests();
            Set<LinkAddress> wanted = new HashSet<>();
            for (int host : hosts) {
                for (boolean ipv4 : new boolean[] {true, false}) {
                    int length = ipv4 ? bits : bits * 4;
                    addresses.addAddress(link.index(), address(ipv4, host), length);
                    wanted.add(new LinkAddress(link.index(), address(ipv4, host), length, false));
                }
            }
            links.send(addresses);
            Set<LinkAddress> there = new HashSet<>(links.addresses());
            there.removeIf(a -> a.link() != link.index() || a.address().isLinkLocalAddress());
            assertEquals(wanted, there);
            if (!hosts.isEmpty()) {
                InetAddress far = InetAddress.ofLiteral("198.51.100.0");
                links.send(new LinkRequests().replaceRoute(far, 24, Optional.empty(), link.index()));
                assertTrue(links.routes().stream()
                        .anyMatch(r -> r.destination().equals(far)
                                && r.bits() == 24
                                && r.link() == link.index()
                                && r.gateway().isEmpty()));
            }
        } finally {
            links.send(new LinkRequests().deleteLink(name));
        }
        assertTrue(links.link(name).isEmpty());
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('0', '9', '-', '_', '.')
                .ofMinLength(2)
                .ofMaxLength(15)
                .filter(name -> !name.equals("..") && !name.equals("lo"));
    }

    @Provide
    Arbitrary<String> aliases() {
        return Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(254);
    }
}
