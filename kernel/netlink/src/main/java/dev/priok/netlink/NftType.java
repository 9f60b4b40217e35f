package dev.priok.netlink;

/** Types of values in sets; the numbers are what the nft program knows them by, so that it can list our sets. */
public enum NftType {
    IPV4_ADDRESS(7, 4),
    IPV6_ADDRESS(8, 16),
    PROTOCOL(12, 1),
    PORT(13, 2),
    LINK_NAME(41, 16);

    private final int number;
    private final int bytes;

    NftType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    int number() {
        return number;
    }

    /** Bytes of a value. */
    public int bytes() {
        return bytes;
    }

    /** Bytes that a value takes in a concatenation: whole registers. */
    public int paddedBytes() {
        return bytes + 3 & ~3;
    }
}
