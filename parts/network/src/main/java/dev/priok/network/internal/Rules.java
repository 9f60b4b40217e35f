package dev.priok.network.internal;

import dev.priok.netlink.NftChain;
import dev.priok.netlink.NftChain.Hook;
import dev.priok.netlink.NftChain.Kind;
import dev.priok.netlink.NftChain.Point;
import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftExpression.AddressKind;
import dev.priok.netlink.NftExpression.Base;
import dev.priok.netlink.NftExpression.Bytes;
import dev.priok.netlink.NftExpression.Compare;
import dev.priok.netlink.NftExpression.Connection;
import dev.priok.netlink.NftExpression.ConnectionKey;
import dev.priok.netlink.NftExpression.Lookup;
import dev.priok.netlink.NftExpression.Mask;
import dev.priok.netlink.NftExpression.Masquerade;
import dev.priok.netlink.NftExpression.Meta;
import dev.priok.netlink.NftExpression.MetaKey;
import dev.priok.netlink.NftExpression.Payload;
import dev.priok.netlink.NftExpression.RewriteDestination;
import dev.priok.netlink.NftExpression.Verdict;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSet;
import dev.priok.netlink.NftType;
import dev.priok.netlink.NftVerdict;
import dev.priok.netlink.NftVerdict.Accept;
import dev.priok.netlink.NftVerdict.Drop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The constant part of our nftables table: chains, rules and the sets that rules look into. Their number does not depend on
 * how many networks, containers or ports there are. docs/networking.md explains each rule.
 */
final class Rules {
    /** Bridges of ours. */
    static final NftSet BRIDGES = set("bridges", NftType.LINK_NAME);
    /** Pairs of links between which everything passes: a bridge with itself, and trusted links of the host. */
    static final NftSet ALLOWED = set("allowed", NftType.LINK_NAME, NftType.LINK_NAME);
    /** Bridges that nothing passes in or out of. */
    static final NftSet INTERNAL = set("internal", NftType.LINK_NAME);
    /** The chains, in the order in which they are made. */
    static final List<String> CHAINS = List.of("publish", "raw", "forward", "arriving", "local", "leaving");

    private static final Bytes LOOPBACK = bytes(127);
    private static final Bytes ESTABLISHED_OR_RELATED = native32(2 | 4);
    private static final Bytes REDIRECTED = native32(0x20);
    private static final Bytes LOCAL = native32(2);
    private static final int PORT_OFFSET = 2;

    /** What there is of each family of addresses. */
    static final class Family {
        static final Family V4 = new Family("4", NftType.IPV4_ADDRESS, 2, 12, 16, 1);
        static final Family V6 = new Family("6", NftType.IPV6_ADDRESS, 10, 8, 24, 58);

        /** Publications at one address: address, protocol, port, to address and port. */
        final NftSet published;
        /** Publications at every address of the host. */
        final NftSet publishedAnywhere;
        /** Container ports that may be reached directly. */
        final NftSet routed;
        /** Bridges whose containers may be sent ICMP directly. */
        final NftSet routedBridges;
        /** Bridges that new connections may not enter. */
        final NftSet protectedBridges;
        /** Ranges of networks with their bridges. */
        final NftSet homes;
        /** Ranges whose packets get the host's address as their source when they leave. */
        final NftSet masqueraded;

        static List<Family> values() {
            return List.of(V4, V6);
        }

        private final Bytes protocol;
        private final int sourceOffset;
        private final int destinationOffset;
        private final int addressBytes;
        private final int slots;
        private final Bytes controlProtocol;

        private Family(
                String suffix,
                NftType address,
                int protocol,
                int sourceOffset,
                int destinationOffset,
                int controlProtocol) {
            this.controlProtocol = bytes(controlProtocol);
            this.protocol = bytes(protocol);
            this.sourceOffset = sourceOffset;
            this.destinationOffset = destinationOffset;
            this.addressBytes = address.bytes();
            this.slots = address.bytes() / 4;
            List<NftType> server = List.of(address, NftType.PORT);
            published =
                    new NftSet("published" + suffix, List.of(address, NftType.PROTOCOL, NftType.PORT), server, false);
            publishedAnywhere = new NftSet("anywhere" + suffix, List.of(NftType.PROTOCOL, NftType.PORT), server, false);
            routed = set("routed" + suffix, address, NftType.PROTOCOL, NftType.PORT);
            routedBridges = set("routes" + suffix, NftType.LINK_NAME);
            protectedBridges = set("protected" + suffix, NftType.LINK_NAME);
            homes = new NftSet("homes" + suffix, List.of(address, NftType.LINK_NAME), List.of(), true);
            masqueraded = new NftSet("masqueraded" + suffix, List.of(address), List.of(), true);
        }

        private NftExpression source(int register) {
            return new Payload(Base.NETWORK, sourceOffset, addressBytes, register);
        }

        private NftExpression destination(int register) {
            return new Payload(Base.NETWORK, destinationOffset, addressBytes, register);
        }
    }

    private Rules() {}

    static List<NftSet> sets() {
        List<NftSet> all = new ArrayList<>(List.of(BRIDGES, ALLOWED, INTERNAL));
        for (Family f : Family.values()) {
            all.addAll(List.of(
                    f.published,
                    f.publishedAnywhere,
                    f.routed,
                    f.routedBridges,
                    f.protectedBridges,
                    f.homes,
                    f.masqueraded));
        }
        return all;
    }

    /** Adds table, sets, chains and rules, in place of a table that is there. */
    static void write(NftRequests changes) {
        changes.addTable().deleteTable().addTable();
        sets().forEach(changes::addSet);
        changes.addChain(new NftChain("publish", Optional.empty()));
        changes.addChain(hooked("raw", Kind.FILTER, Point.PREROUTING, -300));
        changes.addChain(hooked("forward", Kind.FILTER, Point.FORWARD, 0));
        changes.addChain(hooked("arriving", Kind.NAT, Point.PREROUTING, -100));
        changes.addChain(hooked("local", Kind.NAT, Point.OUTPUT, -100));
        changes.addChain(hooked("leaving", Kind.NAT, Point.POSTROUTING, 100));
        raw(changes);
        forward(changes);
        publish(changes);
        leaving(changes);
    }

    private static NftChain hooked(String name, Kind kind, Point point, int priority) {
        return new NftChain(name, Optional.of(new Hook(kind, point, priority)));
    }

    /** Bridges have route_localnet, for connections of the host to 127.0.0.1; containers may not make use of it. */
    private static void raw(NftRequests changes) {
        // Every packet passes here: what almost none fulfils comes first.
        changes.addRule("raw", join(of(Family.V4), toLoopback(), in(BRIDGES), end(new Drop())));
    }

    private static void forward(NftRequests changes) {
        changes.addRule(
                "forward",
                join(
                        List.of(new Meta(MetaKey.INPUT_NAME, 8), new Meta(MetaKey.OUTPUT_NAME, 12), has(ALLOWED)),
                        end(new Accept())));
        changes.addRule("forward", join(in(INTERNAL), end(new Drop())));
        changes.addRule("forward", join(out(INTERNAL), end(new Drop())));
        changes.addRule(
                "forward",
                join(
                        List.of(
                                new Connection(ConnectionKey.STATE, 8),
                                new Mask(8, ESTABLISHED_OR_RELATED),
                                new Compare(8, false, native32(0))),
                        end(new Accept())));
        changes.addRule("forward", join(redirected(), end(new Accept())));
        for (Family f : Family.values()) {
            changes.addRule("forward", join(of(f), destinationKey(f), List.of(has(f.routed)), end(new Accept())));
            changes.addRule(
                    "forward",
                    join(
                            of(f),
                            List.of(new Meta(MetaKey.TRANSPORT, 8), new Compare(8, true, f.controlProtocol)),
                            out(f.routedBridges),
                            end(new Accept())));
            changes.addRule("forward", join(of(f), out(f.protectedBridges), end(new Drop())));
        }
    }

    private static void publish(NftRequests changes) {
        // 127.0.0.1 of this host is nobody else's to reach, whatever another program has set route_localnet to.
        changes.addRule("arriving", join(of(Family.V4), toLoopback(), end(new NftVerdict.Return())));
        for (String chain : List.of("arriving", "local")) {
            changes.addRule(
                    chain,
                    join(
                            List.of(new AddressKind(false, 8), new Compare(8, true, LOCAL)),
                            end(new NftVerdict.Jump("publish"))));
        }
        for (Family f : Family.values()) {
            RewriteDestination rewrite = new RewriteDestination(f == Family.V4, 8, 8 + f.slots);
            changes.addRule(
                    "publish",
                    join(
                            of(f),
                            destinationKey(f),
                            List.of(new Lookup(f.published.name(), 8, Optional.of(8), false), rewrite)));
            changes.addRule(
                    "publish",
                    join(
                            of(f),
                            List.of(
                                    new Meta(MetaKey.TRANSPORT, 8),
                                    new Payload(Base.TRANSPORT, PORT_OFFSET, 2, 9),
                                    new Lookup(f.publishedAnywhere.name(), 8, Optional.of(8), false),
                                    rewrite)));
        }
    }

    private static void leaving(NftRequests changes) {
        List<NftExpression> masquerade = List.of(new Masquerade());
        for (Family f : Family.values()) {
            List<NftExpression> home = List.of(f.source(8), new Meta(MetaKey.OUTPUT_NAME, 8 + f.slots), has(f.homes));
            // Back to the network that it came from by way of a published port: the answer must come here too.
            changes.addRule("leaving", join(of(f), redirected(), home, masquerade));
            changes.addRule("leaving", join(of(f), home, end(new NftVerdict.Return())));
            changes.addRule(
                    "leaving",
                    join(
                            of(f),
                            List.of(f.source(8), new Lookup(f.masqueraded.name(), 8, Optional.empty(), false)),
                            masquerade));
        }
        changes.addRule(
                "leaving",
                join(
                        out(BRIDGES),
                        of(Family.V4),
                        List.of(new Payload(Base.NETWORK, 12, 1, 8), new Compare(8, true, LOOPBACK)),
                        masquerade));
    }

    private static List<NftExpression> of(Family family) {
        return List.of(new Meta(MetaKey.FAMILY, 8), new Compare(8, true, family.protocol));
    }

    private static List<NftExpression> destinationKey(Family f) {
        return List.of(
                f.destination(8),
                new Meta(MetaKey.TRANSPORT, 8 + f.slots),
                new Payload(Base.TRANSPORT, PORT_OFFSET, 2, 9 + f.slots));
    }

    private static List<NftExpression> toLoopback() {
        return List.of(new Payload(Base.NETWORK, 16, 1, 8), new Compare(8, true, LOOPBACK));
    }

    private static List<NftExpression> redirected() {
        return List.of(
                new Connection(ConnectionKey.STATUS, 8), new Mask(8, REDIRECTED), new Compare(8, false, native32(0)));
    }

    private static List<NftExpression> in(NftSet names) {
        return List.of(new Meta(MetaKey.INPUT_NAME, 8), has(names));
    }

    private static List<NftExpression> out(NftSet names) {
        return List.of(new Meta(MetaKey.OUTPUT_NAME, 8), has(names));
    }

    private static NftExpression has(NftSet set) {
        return new Lookup(set.name(), 8, Optional.empty(), false);
    }

    private static List<NftExpression> end(NftVerdict verdict) {
        return List.of(new Verdict(verdict));
    }

    @SafeVarargs
    private static List<NftExpression> join(List<? extends NftExpression>... parts) {
        List<NftExpression> all = new ArrayList<>();
        for (List<? extends NftExpression> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static NftSet set(String name, NftType... key) {
        return new NftSet(name, List.of(key), List.of(), false);
    }

    private static Bytes bytes(int value) {
        return new Bytes(new byte[] {(byte) value});
    }

    private static Bytes native32(int value) {
        byte[] bytes = new byte[4];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
        return new Bytes(bytes);
    }
}
