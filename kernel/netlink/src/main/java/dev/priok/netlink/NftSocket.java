package dev.priok.netlink;

import dev.priok.linux.Errno;
import dev.priok.linux.SocketCalls;
import dev.priok.netlink.NftExpression.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The tables of nftables, family inet, of the network namespace in which it was opened. Safe from any thread. */
public final class NftSocket implements AutoCloseable {
    private static final int HEADER_BYTES = 4;

    private final NetlinkSocket socket;

    private NftSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket for the network namespace of the calling thread. */
    public static NftSocket open() throws IOException {
        return new NftSocket(NetlinkSocket.open(SocketCalls.host(), NetlinkSocket.NETFILTER));
    }

    /**
     * Makes changes all at once or not at all.
     *
     * @throws NetlinkException the first that was refused
     */
    public void commit(NftRequests changes) throws IOException {
        if (!changes.isEmpty()) {
            socket.batch(changes.ended());
        }
    }

    /** The number of changes ever made to rules of this namespace. */
    public int generation() throws IOException {
        List<Integer> found = new ArrayList<>(1);
        Requests question = new Requests();
        question.add("asking for the generation", NftRequests.GET_GENERATION, 0, w -> NftRequests.header(w, 0, 0));
        socket.each(question, (_, body) -> rest(body).bigNumber(1).ifPresent(n -> found.add(n.intValue())));
        return found.getFirst();
    }

    /** The names of all tables. */
    public List<String> tables() throws IOException {
        return dump("listing tables", NftRequests.GET_TABLE, _ -> {}, a -> a.text(1));
    }

    /** The names of a table's chains. */
    public List<String> chains(String table) throws IOException {
        return dump("listing chains of " + table, NftRequests.GET_CHAIN, _ -> {}, a -> of(table, a, () -> a.text(3)));
    }

    /** The names of a table's sets. */
    public List<String> sets(String table) throws IOException {
        return dump(
                "listing sets of " + table,
                NftRequests.GET_SET,
                w -> w.attribute(1, table),
                a -> of(table, a, () -> a.text(2)));
    }

    /** The rules of a chain, in order. */
    public List<List<NftExpression>> rules(String table, String chain) throws IOException {
        return dump(
                "listing rules of " + chain,
                NftRequests.GET_RULE,
                w -> w.attribute(1, table).attribute(2, chain),
                a -> of(table, a, () -> a.text(2).filter(chain::equals).map(_ -> NftRequests.expressions(a))));
    }

    /**
     * The elements of a set or map. Ranges of a single field come as the kernel has them: their first value, and the first
     * value behind with no data.
     *
     * @throws NetlinkException ENOENT when there is no such set
     */
    public List<NftElement> elements(String table, String set) throws IOException {
        List<List<NftElement>> chunks = dump(
                "listing set " + set,
                NftRequests.GET_ELEMENT,
                w -> w.attribute(1, table).attribute(2, set),
                a -> Optional.of(elements(a)));
        return chunks.stream().flatMap(List::stream).toList();
    }

    private static List<NftElement> elements(Attributes message) {
        List<NftElement> found = new ArrayList<>();
        for (Attributes.Attribute item :
                message.nested(NftRequests.SET_ELEMENTS).all()) {
            Attributes element = item.nested();
            found.add(new NftElement(
                    new Bytes(element.nested(1).bytes(1).orElseGet(() -> new byte[0])),
                    element.nested(10).bytes(1).map(Bytes::new),
                    element.nested(2).bytes(1).map(Bytes::new)));
        }
        return found;
    }

    private <T> List<T> dump(
            String asked, int type, Consumer<MessageWriter> attributes, Function<Attributes, Optional<T>> reader)
            throws IOException {
        List<T> found = new ArrayList<>();
        Requests question = new Requests();
        question.add(
                asked, type, Requests.DUMP, w -> attributes.accept(NftRequests.header(w, NftRequests.FAMILY_INET, 0)));
        try {
            socket.dump(
                    question,
                    found::clear,
                    (_, body) -> reader.apply(rest(body)).ifPresent(found::add));
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENOENT || type == NftRequests.GET_ELEMENT) {
                throw e;
            }
            return List.of(); // no such table: nothing in it
        }
        return found;
    }

    private static <T> Optional<T> of(String table, Attributes a, java.util.function.Supplier<Optional<T>> value) {
        return a.text(1).filter(table::equals).flatMap(_ -> value.get());
    }

    private static Attributes rest(ByteBuffer body) {
        return Attributes.of(body.slice(body.position() + HEADER_BYTES, body.remaining() - HEADER_BYTES));
    }

    @Override
    public void close() {
        socket.close();
    }
}
