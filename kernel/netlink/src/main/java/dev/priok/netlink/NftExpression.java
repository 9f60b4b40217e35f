package dev.priok.netlink;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * One step of a rule: expressions load values into registers, compare them, and act. A register is named by its 4-byte slot:
 * 8 is the first of sixteen (NFT_REG32_00); 0 is where verdicts go. See linux/netfilter/nf_tables.h.
 */
public sealed interface NftExpression {
    /** The first 4-byte slot; those of a concatenation follow. */
    int FIRST_REGISTER = 8;

    /** Where a value begins in a packet. */
    enum Base {
        LINK(0),
        NETWORK(1),
        TRANSPORT(2);

        private final int number;

        Base(int number) {
            this.number = number;
        }

        static Base of(int number) {
            return Arrays.stream(values())
                    .filter(b -> b.number == number)
                    .findFirst()
                    .orElseThrow(() -> unknown("payload base", number));
        }
    }

    /** What is loaded; the number is the kernel's. */
    enum MetaKey {
        MARK(3),
        INPUT_NAME(6),
        OUTPUT_NAME(7),
        FAMILY(15),
        TRANSPORT(16);

        private final int number;

        MetaKey(int number) {
            this.number = number;
        }

        static MetaKey of(int number) {
            return Arrays.stream(values())
                    .filter(k -> k.number == number)
                    .findFirst()
                    .orElseThrow(() -> unknown("meta key", number));
        }
    }

    /** What is loaded; the number is the kernel's. */
    enum ConnectionKey {
        STATE(0),
        STATUS(2);

        private final int number;

        ConnectionKey(int number) {
            this.number = number;
        }
    }

    /** Loads what the kernel knows of the packet beside its bytes. */
    record Meta(MetaKey key, int register) implements NftExpression {}

    /** Loads bytes of the packet. */
    record Payload(Base base, int offset, int bytes, int register) implements NftExpression {}

    /** Goes on with the rule when the register equals the value (or does not). */
    record Compare(int register, boolean equal, Bytes value) implements NftExpression {}

    /** Keeps only some bits of a register of four bytes. */
    record Mask(int register, Bytes mask) implements NftExpression {}

    /**
     * Goes on when the set has the register's value (or has not, when inverted); of a map, loads what it maps to.
     *
     * @param into register for what the map gives; empty for a set. 0 performs the verdict that a verdict map gives
     */
    record Lookup(String set, int register, Optional<Integer> into, boolean inverted) implements NftExpression {}

    /** Loads a value. */
    record Load(int register, Bytes value) implements NftExpression {}

    /** Ends the rule. */
    record Verdict(NftVerdict verdict) implements NftExpression {}

    /** Loads what connection tracking knows; state and status are sets of bits in the machine's order. */
    record Connection(ConnectionKey key, int register) implements NftExpression {}

    /** Loads the kind of an address by the routing tables (RTN_LOCAL is 2). */
    record AddressKind(boolean ofSource, int register) implements NftExpression {}

    /**
     * Changes the destination of a new connection.
     *
     * @param ipv4 or IPv6
     * @param addressRegister holds the address
     * @param portRegister holds the port
     */
    record RewriteDestination(boolean ipv4, int addressRegister, int portRegister) implements NftExpression {}

    /** Gives a new connection the address of the link that it leaves by as its source. */
    record Masquerade() implements NftExpression {}

    /** Counts packets and bytes. */
    record Counter() implements NftExpression {}

    /** Something that this codec does not know: seen when rules are read back, never written. */
    record Other(String name) implements NftExpression {}

    /** A value as bytes, compared by content. */
    final class Bytes {
        private final byte[] value;

        public Bytes(byte[] value) {
            this.value = value.clone();
        }

        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Bytes b && Arrays.equals(value, b.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "0x" + HexFormat.of().formatHex(value);
        }
    }

    /** The kernel's name of the expression. */
    private String name() {
        return switch (this) {
            case Meta _ -> "meta";
            case Payload _ -> "payload";
            case Compare _ -> "cmp";
            case Mask _ -> "bitwise";
            case Lookup _ -> "lookup";
            case Load _, Verdict _ -> "immediate";
            case Connection _ -> "ct";
            case AddressKind _ -> "fib";
            case RewriteDestination _ -> "nat";
            case Masquerade _ -> "masq";
            case Counter _ -> "counter";
            case Other(String name) -> throw new IllegalStateException("cannot write expression " + name);
        };
    }

    private void writeData(MessageWriter w) {
        switch (this) {
            case Meta(var key, int register) -> w.attributeBig32(1, register).attributeBig32(2, key.number);
            case Payload(Base base, int offset, int bytes, int register) ->
                w.attributeBig32(1, register)
                        .attributeBig32(2, base.number)
                        .attributeBig32(3, offset)
                        .attributeBig32(4, bytes);
            case Compare(int register, boolean equal, Bytes value) ->
                w.attributeBig32(1, register)
                        .attributeBig32(2, equal ? 0 : 1)
                        .nest(3, () -> w.attribute(1, value.value));
            case Mask(int register, Bytes mask) ->
                w.attributeBig32(1, register)
                        .attributeBig32(2, register)
                        .attributeBig32(3, mask.value.length)
                        .nest(4, () -> w.attribute(1, mask.value))
                        .nest(5, () -> w.attribute(1, new byte[mask.value.length]));
            case Lookup(String set, int register, var into, boolean inverted) -> {
                w.attribute(1, set).attributeBig32(2, register);
                into.ifPresent(to -> w.attributeBig32(3, to));
                if (inverted) {
                    w.attributeBig32(5, 1);
                }
            }
            case Load(int register, Bytes value) ->
                w.attributeBig32(1, register).nest(2, () -> w.attribute(1, value.value));
            case Verdict(NftVerdict verdict) -> w.attributeBig32(1, 0).nest(2, () -> verdict.write(w));
            case Connection(var key, int register) ->
                w.attributeBig32(1, register).attributeBig32(2, key.number);
            case AddressKind(boolean ofSource, int register) ->
                w.attributeBig32(1, register).attributeBig32(2, 3).attributeBig32(3, ofSource ? 1 : 2);
            case RewriteDestination(boolean ipv4, int address, int port) ->
                w.attributeBig32(1, 1)
                        .attributeBig32(2, ipv4 ? 2 : 10)
                        .attributeBig32(3, address)
                        .attributeBig32(5, port);
            case Masquerade _ -> {}
            case Counter _ -> {}
            case Other(String name) -> throw new IllegalStateException("cannot write expression " + name);
        }
    }

    /** Writes this as an element of a list of expressions. */
    default void write(MessageWriter w) {
        w.nest(1, () -> w.attribute(1, name()).nest(2, () -> writeData(w)));
    }

    /** Reads what {@link #write} writes; what is unknown becomes {@link Other}. */
    static NftExpression read(Attributes element) {
        String name = element.text(1).orElse("");
        Attributes a = element.nested(2);
        try {
            return switch (name) {
                case "meta" ->
                    a.has(2) && a.has(1) ? new Meta(MetaKey.of(number(a, 2)), register(a, 1)) : new Other(name);
                case "payload" -> new Payload(Base.of(number(a, 2)), number(a, 3), number(a, 4), register(a, 1));
                case "cmp" -> new Compare(register(a, 1), number(a, 2) == 0, value(a.nested(3)));
                case "bitwise" -> new Mask(register(a, 1), value(a.nested(4)));
                case "lookup" ->
                    new Lookup(
                            a.text(1).orElse(""),
                            register(a, 2),
                            a.has(3) ? Optional.of(register(a, 3)) : Optional.empty(),
                            a.bigNumber(5).orElse(0L) == 1);
                case "immediate" ->
                    number(a, 1) == 0
                            ? new Verdict(NftVerdict.read(a.nested(2)))
                            : new Load(register(a, 1), value(a.nested(2)));
                case "ct" ->
                    switch (number(a, 2)) {
                        case 0 -> new Connection(ConnectionKey.STATE, register(a, 1));
                        case 2 -> new Connection(ConnectionKey.STATUS, register(a, 1));
                        default -> new Other(name);
                    };
                case "fib" -> new AddressKind((number(a, 3) & 1) != 0, register(a, 1));
                case "nat" -> new RewriteDestination(number(a, 2) == 2, register(a, 3), register(a, 5));
                case "masq" -> new Masquerade();
                case "counter" -> new Counter();
                default -> new Other(name);
            };
        } catch (IllegalArgumentException _) {
            return new Other(name); // a key or base of a newer kernel or another writer
        }
    }

    private static int number(Attributes a, int type) {
        return Math.toIntExact(a.bigNumber(type).orElseThrow(() -> unknown("expression without attribute", type)));
    }

    /** The kernel reports a register that begins a 16-byte one by the number of that (1 to 4). */
    private static int register(Attributes a, int type) {
        int register = number(a, type);
        return register >= 1 && register <= 4 ? FIRST_REGISTER + (register - 1) * 4 : register;
    }

    private static Bytes value(Attributes data) {
        return new Bytes(Objects.requireNonNullElseGet(data.bytes(1).orElse(null), () -> new byte[0]));
    }

    private static IllegalArgumentException unknown(String what, int number) {
        return new IllegalArgumentException("unknown " + what + " " + number);
    }
}
