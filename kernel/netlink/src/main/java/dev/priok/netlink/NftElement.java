package dev.priok.netlink;

import dev.priok.netlink.NftExpression.Bytes;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * An element of a set or map.
 *
 * @param key the value, or the first of a range; concatenated fields are padded to four bytes each
 * @param last the last of a range
 * @param data what it maps to
 */
public record NftElement(Bytes key, Optional<Bytes> last, Optional<Bytes> data) {
    private static final int NAME_BYTES = 16;

    public static NftElement of(Bytes key) {
        return new NftElement(key, Optional.empty(), Optional.empty());
    }

    public static NftElement range(Bytes first, Bytes last) {
        return new NftElement(first, Optional.of(last), Optional.empty());
    }

    public NftElement to(Bytes data) {
        return new NftElement(key, last, Optional.of(data));
    }

    /** Concatenates fields: {@link InetAddress}, {@link String} as the name of a link, {@link Byte}, {@link Short} in the network's order. */
    public static Bytes fields(Object... fields) {
        ByteBuffer all = ByteBuffer.allocate(16 * NAME_BYTES);
        for (Object field : fields) {
            switch (field) {
                case InetAddress address -> all.put(address.getAddress());
                case String name -> all.put(name(name));
                case Byte b -> all.put(b);
                case Short s -> all.putShort(s);
                default -> throw new IllegalArgumentException("not a field: " + field.getClass());
            }
            if (fields.length > 1) {
                all.position(all.position() + 3 & ~3);
            }
        }
        return new Bytes(Arrays.copyOf(all.array(), all.position()));
    }

    private static byte[] name(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("name of a link is too long: " + name);
        }
        return Arrays.copyOf(bytes, NAME_BYTES);
    }
}
