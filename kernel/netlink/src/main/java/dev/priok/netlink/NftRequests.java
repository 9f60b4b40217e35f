package dev.priok.netlink;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Changes of tables of the family inet, which take effect all at once or not at all ({@link NftSocket#commit}). */
public final class NftRequests extends Requests {
    static final int SUBSYSTEM = 10 << 8;
    static final int NEW_TABLE = SUBSYSTEM;
    static final int GET_TABLE = SUBSYSTEM + 1;
    static final int DELETE_TABLE = SUBSYSTEM + 2;
    static final int NEW_CHAIN = SUBSYSTEM + 3;
    static final int GET_CHAIN = SUBSYSTEM + 4;
    static final int NEW_RULE = SUBSYSTEM + 6;
    static final int GET_RULE = SUBSYSTEM + 7;
    static final int NEW_SET = SUBSYSTEM + 9;
    static final int GET_SET = SUBSYSTEM + 10;
    static final int NEW_ELEMENT = SUBSYSTEM + 12;
    static final int GET_ELEMENT = SUBSYSTEM + 13;
    static final int DELETE_ELEMENT = SUBSYSTEM + 14;
    static final int GET_GENERATION = SUBSYSTEM + 16;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int BATCH_GENERATION = 1;
    static final int FAMILY_INET = 1;
    private static final int APPEND = 0x800;

    static final int SET_ELEMENTS = 3;
    private static final int ELEMENT_INTERVAL_END = 1;
    /** Elements in one message; the longest, of two IPv6 addresses, take some 150 bytes each of at most 64 KiB. */
    private static final int ELEMENTS_A_MESSAGE = 256;

    /** Tells the nft program how to print names: its note 0 (byte order of the key), 4 bytes, 1 for the host's order. */
    private static final byte[] NAMES_IN_HOST_ORDER = {0, 4, 1, 0, 0, 0};

    private final String table;
    private int setNumber;

    /** Changes of one table. */
    public NftRequests(String table) {
        this.table = table;
        add("beginning a change of table " + table, BATCH_BEGIN, 0, w -> header(w, 0, 10));
    }

    /**
     * Changes of one table, on condition that no rule of the whole network namespace has changed since {@code generation};
     * else the commit is refused with ERESTART.
     */
    public NftRequests(String table, int generation) {
        this.table = table;
        add(
                "beginning a change of table " + table,
                BATCH_BEGIN,
                0,
                w -> header(w, 0, 10).attributeBig32(BATCH_GENERATION, generation));
    }

    String table() {
        return table;
    }

    /** Makes the table; one that exists stays as it is. */
    public NftRequests addTable() {
        return message("making table " + table, NEW_TABLE, CREATE, w -> w.attribute(1, table));
    }

    public NftRequests deleteTable() {
        return message("removing table " + table, DELETE_TABLE, 0, w -> w.attribute(1, table));
    }

    public NftRequests addChain(NftChain chain) {
        return message("making chain " + chain.name(), NEW_CHAIN, CREATE, w -> {
            w.attribute(1, table).attribute(3, chain.name());
            chain.hook()
                    .ifPresent(hook -> w.nest(
                                    4,
                                    () -> w.attributeBig32(1, hook.point().number())
                                            .attributeBig32(2, hook.priority()))
                            .attributeBig32(5, 1)
                            .attribute(7, hook.kind().text()));
        });
    }

    /** Adds a rule behind the others of its chain. */
    public NftRequests addRule(String chain, List<NftExpression> expressions) {
        return message(
                "adding a rule to chain " + chain,
                NEW_RULE,
                CREATE | APPEND,
                w -> w.attribute(1, table).attribute(2, chain).nest(4, () -> expressions.forEach(e -> e.write(w))));
    }

    public NftRequests addSet(NftSet set) {
        return message("making set " + set.name(), NEW_SET, CREATE, w -> {
            w.attribute(1, table)
                    .attribute(2, set.name())
                    .attributeBig32(3, set.flags())
                    .attributeBig32(4, NftSet.number(set.key()))
                    .attributeBig32(5, NftSet.bytes(set.key()));
            if (!set.data().isEmpty()) {
                w.attributeBig32(6, NftSet.number(set.data())).attributeBig32(7, NftSet.bytes(set.data()));
            }
            if (set.interval() && set.concatenated()) {
                w.nest(
                        9,
                        () -> w.nest(
                                2,
                                () -> set.key().forEach(type -> w.nest(1, () -> w.attributeBig32(1, type.bytes())))));
            }
            w.attributeBig32(10, ++setNumber);
            if (set.key().equals(List.of(NftType.LINK_NAME))) {
                w.attribute(13, NAMES_IN_HOST_ORDER);
            }
        });
    }

    /** Adds elements; those that are there already stay, and must then map to the same. */
    public NftRequests addElements(NftSet set, List<NftElement> elements) {
        return elements("adding to set " + set.name(), NEW_ELEMENT, CREATE, set, elements);
    }

    /** Removes elements, all of which must be there. */
    public NftRequests deleteElements(NftSet set, List<NftElement> elements) {
        return elements("removing from set " + set.name(), DELETE_ELEMENT, 0, set, elements);
    }

    private NftRequests elements(String asked, int type, int flags, NftSet set, List<NftElement> elements) {
        for (int from = 0; from < elements.size(); from += ELEMENTS_A_MESSAGE) {
            List<NftElement> some = elements.subList(from, Math.min(elements.size(), from + ELEMENTS_A_MESSAGE));
            message(
                    asked,
                    type,
                    flags,
                    w -> w.attribute(1, table)
                            .attribute(2, set.name())
                            .nest(SET_ELEMENTS, () -> some.forEach(element -> element(w, set, element))));
        }
        return this;
    }

    private static void element(MessageWriter w, NftSet set, NftElement element) {
        boolean tree = set.interval() && !set.concatenated();
        w.nest(1, () -> {
            w.nest(1, () -> w.attribute(1, element.key().value()));
            element.data().ifPresent(data -> w.nest(2, () -> w.attribute(1, data.value())));
            if (!tree) {
                element.last().ifPresent(last -> w.nest(10, () -> w.attribute(1, last.value())));
            }
        });
        if (tree) {
            // A range of a single field is two elements: its first value, and the first value behind it.
            successor(element.last().orElse(element.key()).value())
                    .ifPresent(next -> w.nest(
                            1, () -> w.nest(1, () -> w.attribute(1, next)).attributeBig32(3, ELEMENT_INTERVAL_END)));
        }
    }

    /** The next value of as many bytes; empty behind the last. */
    private static java.util.Optional<byte[]> successor(byte[] value) {
        byte[] next = value.clone();
        for (int i = next.length - 1; i >= 0; i--) {
            if (++next[i] != 0) {
                return java.util.Optional.of(next);
            }
        }
        return java.util.Optional.empty();
    }

    /** Ends the batch; nothing may be added after. */
    NftRequests ended() {
        add("ending a change of table " + table, BATCH_END, 0, w -> header(w, 0, 10));
        return this;
    }

    /** Whether there is any change. */
    public boolean isEmpty() {
        return count() <= 1;
    }

    private NftRequests message(String asked, int type, int flags, Consumer<MessageWriter> body) {
        add(asked, type, flags, w -> body.accept(header(w, FAMILY_INET, 0)));
        return this;
    }

    /** struct nfgenmsg: family, version, and a number of the subsystem in the network's order. */
    static MessageWriter header(MessageWriter w, int family, int resource) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return w.put8(family).put8(0).put16(little ? Short.reverseBytes((short) resource) : resource);
    }

    /** The expressions of a rule as the kernel reports it. */
    static List<NftExpression> expressions(Attributes rule) {
        List<NftExpression> found = new ArrayList<>();
        for (Attributes.Attribute element : rule.nested(4).all()) {
            found.add(NftExpression.read(element.nested()));
        }
        return found;
    }
}
