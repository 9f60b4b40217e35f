package dev.priok.network.ipam;

import dev.priok.network.IpPrefix;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses as the numbers that they are. */
final class Numbers {
    private Numbers() {}

    static BigInteger of(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    static InetAddress address(BigInteger number, boolean ipv4) {
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        byte[] digits = number.toByteArray();
        for (int i = 1; i <= Math.min(bytes.length, digits.length); i++) {
            bytes[bytes.length - i] = digits[digits.length - i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("addresses have 4 or 16 bytes", e);
        }
    }

    static BigInteger first(IpPrefix prefix) {
        return of(prefix.network().address());
    }

    static BigInteger last(IpPrefix prefix) {
        return of(prefix.last());
    }
}
