package dev.priok.network.dns;

import dev.priok.netlink.ConnectionSocket;
import dev.priok.netlink.NftChain;
import dev.priok.netlink.NftExpression;
import dev.priok.netlink.NftExpression.Base;
import dev.priok.netlink.NftExpression.Bytes;
import dev.priok.netlink.NftExpression.Compare;
import dev.priok.netlink.NftExpression.Load;
import dev.priok.netlink.NftExpression.Meta;
import dev.priok.netlink.NftExpression.MetaKey;
import dev.priok.netlink.NftExpression.Payload;
import dev.priok.netlink.NftExpression.RewriteDestination;
import dev.priok.netlink.NftRequests;
import dev.priok.netlink.NftSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Leads packets for port 53 of the name server's address to the ports that it really has, so that a program of the container
 * may have port 53 of all addresses for itself. Two rules in a table of the container's own namespace.
 */
final class Redirection {
    private static final String TABLE = "priok-dns";
    private static final String CHAIN = "asked";
    private static final int NAT_PRIORITY = -100;
    private static final int DESTINATION_OFFSET = 16;
    private static final int PORT_OFFSET = 2;
    private static final byte IPV4 = 2;
    private static final byte TCP = 6;
    private static final byte UDP = 17;

    private Redirection() {}

    /** Puts these ports in place of those that a server before had, in the network namespace of the calling thread. */
    static void to(InetAddress address, int udpPort, int tcpPort) throws IOException {
        NftRequests changes = new NftRequests(TABLE).addTable().deleteTable().addTable();
        changes.addChain(new NftChain(
                CHAIN, Optional.of(new NftChain.Hook(NftChain.Kind.NAT, NftChain.Point.OUTPUT, NAT_PRIORITY))));
        changes.addRule(CHAIN, rule(address, UDP, udpPort)).addRule(CHAIN, rule(address, TCP, tcpPort));
        try (NftSocket tables = NftSocket.open();
                ConnectionSocket connections = ConnectionSocket.open()) {
            tables.commit(changes);
            // A client that goes on asking from the same port shall not be led to where the last server was.
            connections.forget(address, _ -> true);
        }
    }

    private static List<NftExpression> rule(InetAddress address, byte protocol, int port) {
        int first = NftExpression.FIRST_REGISTER;
        return List.of(
                new Meta(MetaKey.FAMILY, first),
                new Compare(first, true, new Bytes(new byte[] {IPV4})),
                new Payload(Base.NETWORK, DESTINATION_OFFSET, 4, first),
                new Compare(first, true, new Bytes(address.getAddress())),
                new Meta(MetaKey.TRANSPORT, first),
                new Compare(first, true, new Bytes(new byte[] {protocol})),
                new Payload(Base.TRANSPORT, PORT_OFFSET, 2, first),
                new Compare(first, true, port(Upstream.PORT)),
                new Load(first, new Bytes(address.getAddress())),
                new Load(first + 1, port(port)),
                new RewriteDestination(true, first, first + 1));
    }

    private static Bytes port(int port) {
        return new Bytes(ByteBuffer.allocate(2).putShort((short) port).array());
    }
}
