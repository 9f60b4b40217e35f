package dev.priok.network;

import dev.priok.core.Failure;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * An address with the length of its network's prefix, such as 172.17.0.1/16; also a whole network, when the address is the
 * first one.
 *
 * @param address IPv4 or IPv6, without a scope
 * @param bits length of the prefix, 0 to 32 or 128
 */
public record IpPrefix(InetAddress address, int bits) {
    private static final int IPV6_GROUPS = 8;

    public IpPrefix {
        int most = address instanceof Inet4Address ? 32 : 128;
        if (bits < 0 || bits > most) {
            throw Failure.invalid("invalid prefix length %d of %s", bits, address.getHostAddress());
        }
    }

    /**
     * Parses {@code 10.0.0.1/24}, or an address alone, which stands for itself only.
     *
     * @throws Failure INVALID when it is neither; host names are never looked up
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            int most = address instanceof Inet4Address ? 32 : 128;
            return new IpPrefix(address, slash < 0 ? most : Integer.parseInt(text, slash + 1, text.length(), 10));
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid CIDR address: " + text, e);
        }
    }

    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** The same prefix with all bits behind it zero. */
    public IpPrefix network() {
        return new IpPrefix(masked(false), bits);
    }

    /** The last address of the network: the broadcast address of IPv4. */
    public InetAddress last() {
        return masked(true);
    }

    public boolean contains(InetAddress other) {
        byte[] theirs = other.getAddress();
        return theirs.length == address.getAddress().length
                && network().address.equals(new IpPrefix(other, bits).network().address);
    }

    public boolean overlaps(IpPrefix other) {
        return bits <= other.bits ? contains(other.address) : other.contains(address);
    }

    private InetAddress masked(boolean ones) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - i * 8, 0, 8);
            int mask = 0xFF << (8 - kept) & 0xFF;
            bytes[i] = (byte) (ones ? bytes[i] | ~mask : bytes[i] & mask);
        }
        return ofBytes(bytes);
    }

    /** The address of 4 or 16 bytes. */
    static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + Arrays.toString(bytes), e);
        }
    }

    /** An address as people write it: the longest run of zeros of an IPv6 address is left out (RFC 5952, 4.2). */
    public static String text(InetAddress address) {
        String full = address.getHostAddress();
        if (address instanceof Inet4Address) {
            return full;
        }
        String[] groups = full.split("[:%]");
        int from = 0;
        int longest = 1; // one zero is not shortened
        for (int i = 0; i < IPV6_GROUPS; i++) {
            int end = i;
            while (end < IPV6_GROUPS && groups[end].equals("0")) {
                end++;
            }
            if (end - i > longest) {
                from = i;
                longest = end - i;
            }
        }
        if (longest == 1) {
            return full;
        }
        return String.join(":", List.of(groups).subList(0, from))
                + "::"
                + String.join(":", List.of(groups).subList(from + longest, IPV6_GROUPS));
    }

    @Override
    public String toString() {
        return text(address) + "/" + bits;
    }
}
