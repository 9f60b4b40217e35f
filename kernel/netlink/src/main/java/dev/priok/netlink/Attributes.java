package dev.priok.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The attributes of a message or nest, as the kernel sent them. Values are views of the message, not copies. */
public final class Attributes {
    private static final int TYPE_MASK = 0x3FFF;

    /**
     * One attribute.
     *
     * @param type without the flags for nests and byte order
     */
    public record Attribute(int type, ByteBuffer value) {
        /** What nests in it. */
        public Attributes nested() {
            return of(value);
        }
    }

    private final List<Attribute> all;

    private Attributes(List<Attribute> all) {
        this.all = all;
    }

    /** Reads attributes up to the end of {@code bytes}; a length that leads outside ends the reading. */
    public static Attributes of(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.nativeOrder());
        List<Attribute> found = new ArrayList<>();
        while (in.remaining() >= MessageWriter.ATTRIBUTE_HEADER_BYTES) {
            int start = in.position();
            int length = Short.toUnsignedInt(in.getShort(start));
            if (length < MessageWriter.ATTRIBUTE_HEADER_BYTES || length > in.remaining()) {
                break;
            }
            int type = Short.toUnsignedInt(in.getShort(start + 2)) & TYPE_MASK;
            ByteBuffer value = in.slice(
                            start + MessageWriter.ATTRIBUTE_HEADER_BYTES, length - MessageWriter.ATTRIBUTE_HEADER_BYTES)
                    .order(ByteOrder.nativeOrder());
            found.add(new Attribute(type, value));
            in.position(Math.min(in.limit(), start + (length + 3 & ~3)));
        }
        return new Attributes(found);
    }

    public List<Attribute> all() {
        return List.copyOf(all);
    }

    public Optional<ByteBuffer> get(int type) {
        for (Attribute attribute : all) {
            if (attribute.type == type) {
                return Optional.of(attribute.value);
            }
        }
        return Optional.empty();
    }

    public boolean has(int type) {
        return get(type).isPresent();
    }

    /** What nests in an attribute; empty attributes when it is missing. */
    public Attributes nested(int type) {
        return get(type).map(Attributes::of).orElseGet(() -> new Attributes(List.of()));
    }

    public Optional<byte[]> bytes(int type) {
        return get(type).map(value -> {
            byte[] copy = new byte[value.remaining()];
            value.get(value.position(), copy);
            return copy;
        });
    }

    /** Text up to its NUL. */
    public Optional<String> text(int type) {
        return bytes(type).map(bytes -> {
            int length = 0;
            while (length < bytes.length && bytes[length] != 0) {
                length++;
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        });
    }

    /** A number of one, two or four bytes in the machine's order; empty when it is missing or of another size. */
    public Optional<Integer> number(int type) {
        return get(type).flatMap(value -> switch (value.remaining()) {
            case 1 -> Optional.of(Byte.toUnsignedInt(value.get(value.position())));
            case 2 -> Optional.of(Short.toUnsignedInt(value.getShort(value.position())));
            case 4 -> Optional.of(value.getInt(value.position()));
            default -> Optional.empty();
        });
    }

    /** A number of two, four or eight bytes in the network's order; empty when it is missing or of another size. */
    public Optional<Long> bigNumber(int type) {
        return get(type)
                .map(value -> value.duplicate().order(ByteOrder.BIG_ENDIAN))
                .flatMap(value -> switch (value.remaining()) {
                    case 2 -> Optional.of((long) Short.toUnsignedInt(value.getShort(value.position())));
                    case 4 -> Optional.of(Integer.toUnsignedLong(value.getInt(value.position())));
                    case 8 -> Optional.of(value.getLong(value.position()));
                    default -> Optional.empty();
                });
    }
}
