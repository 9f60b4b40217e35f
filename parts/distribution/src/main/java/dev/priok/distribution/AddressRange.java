package dev.priok.distribution;

import java.net.InetAddress;
import java.util.Optional;

/** A range of addresses in CIDR form, such as {@code 10.0.0.0/8}. */
record AddressRange(InetAddress base, int bits) {
    static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(text.substring(slash + 1));
        return RegistryAccess.literal(text.substring(0, slash))
                .filter(base -> bits <= base.getAddress().length * 8)
                .map(base -> new AddressRange(base, bits));
    }

    boolean contains(InetAddress address) {
        byte[] one = base.getAddress();
        byte[] other = address.getAddress();
        if (one.length != other.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (((one[i / 8] ^ other[i / 8]) & (0x80 >> (i % 8))) != 0) {
                return false;
            }
        }
        return true;
    }
}
