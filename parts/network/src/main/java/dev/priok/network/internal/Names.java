package dev.priok.network.internal;

import dev.priok.network.IpPrefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** How links of ours are called and addressed. */
final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** With {@code veth} in front it fits the 15 bytes of a link's name. */
    private static final int HASH_BYTES = 5;

    private Names() {}

    /** The host's end of an endpoint: always the same for the same id. */
    static String hostLink(String endpointId) {
        return "veth" + hash(endpointId);
    }

    static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What is written on a link of ours, to know it again. */
    static String alias(String table, String id) {
        return table + ":" + id;
    }

    /** At random, as Docker makes them since 28: unicast, and administered here. */
    static byte[] anyMac() {
        byte[] mac = new byte[6];
        RANDOM.nextBytes(mac);
        mac[0] = (byte) ((mac[0] & 0xFE) | 2);
        return mac;
    }

    static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /** The addresses that stand for every address of the host, of the families that are there. */
    static List<InetAddress> anyAddresses(List<IpPrefix> addresses) {
        return addresses.stream()
                .map(IpPrefix::isIpv4)
                .distinct()
                .sorted(java.util.Comparator.reverseOrder())
                .map(ipv4 -> InetAddress.ofLiteral(ipv4 ? "0.0.0.0" : "::"))
                .toList();
    }
}
