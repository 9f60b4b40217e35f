package dev.priok.netlink;

import dev.priok.linux.Errno;
import dev.priok.linux.SocketCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Links, addresses and routes of the network namespace in which it was opened. Safe from any thread. */
public final class LinkSocket implements AutoCloseable {
    private static final int ADDRESS_PERMANENT = 0x80;
    private static final int ADDRESS_FLAGS = 8;
    private static final int ADDRESS_PROTOCOL = 11;
    private static final int PROTOCOL_LINK_LOCAL = 3;
    private static final int SCOPE_LINK = 253;
    private static final int ROUTE_TABLE = 15;
    private static final int TYPE_UNICAST = 1;
    private static final int FLAG_CLONED = 0x200;

    private final NetlinkSocket socket;

    private LinkSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket for the network namespace of the calling thread. */
    public static LinkSocket open() throws IOException {
        return new LinkSocket(NetlinkSocket.open(SocketCalls.host(), NetlinkSocket.ROUTE));
    }

    /**
     * Makes changes, and returns when all are made.
     *
     * @throws NetlinkException the first that was refused; the others have been tried too
     */
    public void send(LinkRequests requests) throws IOException {
        socket.each(requests, (_, _) -> {});
    }

    /** The link of a name, if there is one. */
    public Optional<Link> link(String name) throws IOException {
        List<Link> found = new ArrayList<>(1);
        try {
            socket.each(
                    LinkRequests.question(
                            "asking for link " + name,
                            LinkRequests.GET_LINK,
                            0,
                            w -> LinkRequests.link(w, 0, 0, 0).attribute(LinkRequests.LINK_NAME, name)),
                    (_, body) -> found.add(link(body)));
        } catch (NetlinkException e) {
            if (e.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw e;
        }
        return found.stream().findFirst();
    }

    public List<Link> links() throws IOException {
        List<Link> found = new ArrayList<>();
        socket.dump(
                LinkRequests.question(
                        "listing links", LinkRequests.GET_LINK, Requests.DUMP, w -> LinkRequests.link(w, 0, 0, 0)),
                found::clear,
                (_, body) -> found.add(link(body)));
        return found;
    }

    public List<LinkAddress> addresses() throws IOException {
        List<LinkAddress> found = new ArrayList<>();
        socket.dump(
                LinkRequests.question(
                        "listing addresses",
                        LinkRequests.GET_ADDRESS,
                        Requests.DUMP,
                        w -> w.put32(0).put32(0)),
                found::clear,
                (_, body) -> address(body).ifPresent(found::add));
        return found;
    }

    /** The unicast routes of the main table. */
    public List<Route> routes() throws IOException {
        List<Route> found = new ArrayList<>();
        socket.dump(
                LinkRequests.question(
                        "listing routes",
                        LinkRequests.GET_ROUTE,
                        Requests.DUMP,
                        w -> w.put32(0).put32(0).put32(0)),
                found::clear,
                (_, body) -> route(body).ifPresent(found::add));
        return found;
    }

    private static Link link(ByteBuffer body) {
        int index = body.getInt(body.position() + 4);
        int flags = body.getInt(body.position() + 8);
        Attributes a = rest(body, 16);
        return new Link(
                index,
                a.text(LinkRequests.LINK_NAME).orElse(""),
                (flags & LinkRequests.UP) != 0,
                a.number(LinkRequests.LINK_MTU).orElse(0),
                a.bytes(LinkRequests.LINK_MAC).filter(mac -> mac.length == 6),
                a.number(LinkRequests.LINK_MASTER).orElse(0),
                a.number(LinkRequests.LINK_LOWER).orElse(0),
                a.nested(LinkRequests.LINK_INFO).text(LinkRequests.INFO_KIND).orElse(""),
                a.text(LinkRequests.LINK_ALIAS).orElse(""));
    }

    private static Optional<LinkAddress> address(ByteBuffer body) {
        int bits = Byte.toUnsignedInt(body.get(body.position() + 1));
        int scope = Byte.toUnsignedInt(body.get(body.position() + 3));
        int link = body.getInt(body.position() + 4);
        Attributes a = rest(body, 8);
        int flags = a.number(ADDRESS_FLAGS).orElse(0);
        boolean automatic = a.number(ADDRESS_PROTOCOL).orElse(0) == PROTOCOL_LINK_LOCAL
                || (flags & ADDRESS_PERMANENT) == 0
                || (scope == SCOPE_LINK && a.get(LinkRequests.ADDRESS_LOCAL).isEmpty());
        return a.bytes(LinkRequests.ADDRESS_LOCAL)
                .or(() -> a.bytes(LinkRequests.ADDRESS_ADDRESS))
                .flatMap(LinkSocket::inet)
                .map(address -> new LinkAddress(link, address, bits, automatic));
    }

    private static Optional<Route> route(ByteBuffer body) {
        int at = body.position();
        int family = body.get(at);
        int bits = Byte.toUnsignedInt(body.get(at + 1));
        int type = Byte.toUnsignedInt(body.get(at + 7));
        int flags = body.getInt(at + 8);
        Attributes a = rest(body, 12);
        int table = a.number(ROUTE_TABLE).orElse(Byte.toUnsignedInt(body.get(at + 4)));
        if (table != LinkRequests.TABLE_MAIN || type != TYPE_UNICAST || (flags & FLAG_CLONED) != 0) {
            return Optional.empty();
        }
        byte[] destination = a.bytes(LinkRequests.ROUTE_DESTINATION).orElseGet(() -> new byte[family == 2 ? 4 : 16]);
        Optional<InetAddress> gateway = a.bytes(LinkRequests.ROUTE_GATEWAY).flatMap(LinkSocket::inet);
        int link = a.number(LinkRequests.ROUTE_LINK).orElse(0);
        return inet(destination).map(address -> new Route(address, bits, gateway, link));
    }

    private static Attributes rest(ByteBuffer body, int structureBytes) {
        return Attributes.of(body.slice(body.position() + structureBytes, body.remaining() - structureBytes));
    }

    static Optional<InetAddress> inet(byte[] bytes) {
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException _) {
            return Optional.empty(); // neither 4 nor 16 bytes: a family that is not asked about here
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
