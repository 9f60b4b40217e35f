package dev.priok.netlink;

import dev.priok.linux.Errno;
import dev.priok.linux.SocketCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The connections that the kernel tracks in the network namespace in which it was opened. Safe from any thread. */
public final class ConnectionSocket implements AutoCloseable {
    private static final int SUBSYSTEM = 1 << 8;
    private static final int GET = SUBSYSTEM + 1;
    private static final int DELETE = SUBSYSTEM + 2;

    private static final int ORIGINAL = 1;
    private static final int REPLY = 2;
    private static final int STATUS = 3;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int FILTER = 25;
    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTOCOL = 2;
    private static final int IP4_SOURCE = 1;
    private static final int IP6_SOURCE = 3;
    private static final int PROTOCOL_NUMBER = 1;
    private static final int PROTOCOL_DESTINATION_PORT = 3;
    /** The status bit of a connection whose destination was changed (IPS_DST_NAT). */
    private static final int DESTINATION_CHANGED = 0x20;
    /** CTA_FILTER_FLAG(CTA_IP_SRC): look at the source address of a tuple alone. */
    private static final int FILTER_SOURCE = 1;

    private final NetlinkSocket socket;

    private ConnectionSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket for the network namespace of the calling thread. */
    public static ConnectionSocket open() throws IOException {
        return new ConnectionSocket(NetlinkSocket.open(SocketCalls.host(), NetlinkSocket.NETFILTER));
    }

    /**
     * A connection whose destination was changed to a server.
     *
     * @param protocol number in IP headers
     * @param port of the destination before the change
     */
    public record Redirected(int protocol, int port) {}

    /**
     * Forgets connections that were redirected to {@code server} and are among those chosen: their next packet is judged by
     * the rules anew. Returns how many there were.
     */
    public int forget(InetAddress server, Predicate<Redirected> chosen) throws IOException {
        Requests deletions = new Requests();
        Requests question = new Requests();
        int family = LinkRequests.family(server);
        byte[] address = server.getAddress();
        int source = family == 2 ? IP4_SOURCE : IP6_SOURCE;
        question.add(
                "listing connections to " + server.getHostAddress(),
                GET,
                Requests.DUMP,
                w -> NftRequests.header(w, family, 0)
                        .nest(REPLY, () -> w.nest(TUPLE_IP, () -> w.attribute(source, address)))
                        .nest(FILTER, () -> w.attribute32(1, 0).attribute32(2, FILTER_SOURCE)));
        List<byte[]> found = new ArrayList<>();
        socket.dump(question, found::clear, (_, body) -> {
            ByteBuffer rest = body.slice(body.position() + 4, body.remaining() - 4);
            Attributes a = Attributes.of(rest);
            if (isRedirectedTo(a, source, address) && chosen.test(redirected(a))) {
                byte[] copy = new byte[rest.remaining()];
                rest.get(0, copy);
                found.add(copy);
            }
        });
        for (byte[] connection : found) {
            deletions.add("forgetting a connection to " + server.getHostAddress(), DELETE, 0, w -> {
                NftRequests.header(w, family, 0);
                Attributes a = Attributes.of(ByteBuffer.wrap(connection));
                a.bytes(ORIGINAL).ifPresent(tuple -> w.attribute(ORIGINAL | MessageWriter.NESTED, tuple));
                a.bytes(ID).ifPresent(id -> w.attribute(ID, id));
                a.bytes(ZONE).ifPresent(zone -> w.attribute(ZONE, zone));
            });
        }
        try {
            socket.each(deletions, (_, _) -> {});
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENOENT) { // it ended by itself meanwhile
                throw e;
            }
        }
        return found.size();
    }

    private static boolean isRedirectedTo(Attributes a, int source, byte[] address) {
        boolean changed = (a.bigNumber(STATUS).orElse(0L) & DESTINATION_CHANGED) != 0;
        Optional<byte[]> replies = a.nested(REPLY).nested(TUPLE_IP).bytes(source);
        return changed
                && replies.filter(r -> java.util.Arrays.equals(r, address)).isPresent();
    }

    private static Redirected redirected(Attributes a) {
        Attributes protocol = a.nested(ORIGINAL).nested(TUPLE_PROTOCOL);
        return new Redirected(
                protocol.number(PROTOCOL_NUMBER).orElse(0),
                protocol.bigNumber(PROTOCOL_DESTINATION_PORT).orElse(0L).intValue());
    }

    @Override
    public void close() {
        socket.close();
    }
}
