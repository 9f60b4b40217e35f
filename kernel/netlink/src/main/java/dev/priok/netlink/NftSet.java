package dev.priok.netlink;

import java.util.List;

/**
 * A set, or a map when it has data.
 *
 * @param key types of the key, concatenated
 * @param data types of what it maps to, concatenated; empty for a set
 * @param interval whether elements are ranges
 */
public record NftSet(String name, List<NftType> key, List<NftType> data, boolean interval) {
    static final int FLAG_INTERVAL = 4;
    static final int FLAG_MAP = 8;
    static final int FLAG_CONCATENATED = 0x80;
    private static final int TYPE_BITS = 6;

    public NftSet {
        key = List.copyOf(key);
        data = List.copyOf(data);
    }

    boolean concatenated() {
        return key.size() > 1;
    }

    int flags() {
        return (interval ? FLAG_INTERVAL : 0)
                | (data.isEmpty() ? 0 : FLAG_MAP)
                | (interval && concatenated() ? FLAG_CONCATENATED : 0);
    }

    static int bytes(List<NftType> types) {
        return types.size() == 1
                ? types.getFirst().bytes()
                : types.stream().mapToInt(NftType::paddedBytes).sum();
    }

    static int number(List<NftType> types) {
        int number = 0;
        for (NftType type : types) {
            number = number << TYPE_BITS | type.number();
        }
        return number;
    }
}
