package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.network.NetworkDefinition.GatewayMode;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Docker's options of bridge networks; what cannot be meant is INVALID. */
final class BridgeOptions {
    static final String NAME = "com.docker.network.bridge.name";
    static final String MTU = "com.docker.network.driver.mtu";
    static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
    static final String CONTAINERS_TALK = "com.docker.network.bridge.enable_icc";
    static final String INHIBIT_IPV4 = "com.docker.network.bridge.inhibit_ipv4";
    static final String HOST_ADDRESS = "com.docker.network.bridge.host_binding_ipv4";
    private static final String TRUSTED = "com.docker.network.bridge.trusted_host_interfaces";
    private static final String MODE = "com.docker.network.bridge.gateway_mode_ipv";
    private static final Pattern LINK = Pattern.compile("(?!\\.{1,2}$)[^/:\\s\\p{Cntrl}]{1,15}");
    private static final int LARGEST_MTU = 65535;
    private static final String ANNOUNCEMENTS = "com.docker.network.advertise_addr_nmsgs";
    private static final String ANNOUNCEMENT_MILLIS = "com.docker.network.advertise_addr_ms";
    private static final int MOST_ANNOUNCEMENTS = 3;
    private static final int LEAST_MILLIS = 100;
    private static final int MOST_MILLIS = 2000;
    /** Docker's choice of the source address of packets that leave. */
    private static final String[] UNKNOWN = {"com.docker.network.host_ipv4", "com.docker.network.host_ipv6"};

    private BridgeOptions() {}

    static boolean flag(Map<String, String> options, String key, boolean otherwise) {
        String text = options.get(key);
        if (text == null) {
            return otherwise;
        }
        return switch (text) {
            case "true", "1", "t", "T", "TRUE", "True" -> true;
            case "false", "0", "f", "F", "FALSE", "False" -> false;
            default -> throw Failure.invalid("failed to parse %s value: %s", key, text);
        };
    }

    static GatewayMode mode(Map<String, String> options, boolean ipv4) {
        String key = MODE + (ipv4 ? 4 : 6);
        return switch (options.getOrDefault(key, "")) {
            case "", "nat" -> GatewayMode.NAT;
            case "nat-unprotected" -> GatewayMode.NAT_UNPROTECTED;
            case "routed" -> GatewayMode.ROUTED;
            case "isolated" -> GatewayMode.ISOLATED;
            default -> throw Failure.invalid("unknown gateway mode %s", options.getOrDefault(key, ""));
        };
    }

    static int mtuBytes(Map<String, String> options, int otherwise) {
        String text = options.getOrDefault(MTU, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int mtu = Integer.parseInt(text);
            if (mtu >= 0 && mtu <= LARGEST_MTU) {
                return mtu == 0 ? otherwise : mtu;
            }
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "failed to parse " + MTU + " value: " + text, e);
        }
        throw Failure.invalid("invalid MTU %s", text);
    }

    static Optional<InetAddress> hostAddress(Map<String, String> options) {
        String text = options.getOrDefault(HOST_ADDRESS, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text)).filter(address -> !address.isAnyLocalAddress());
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "failed to parse " + HOST_ADDRESS + " value: " + text, e);
        }
    }

    static Set<String> trusted(Map<String, String> options) {
        String text = options.getOrDefault(TRUSTED, "");
        return text.isEmpty() ? Set.of() : Set.of(text.split(":"));
    }

    /** Whether an address on the network is announced to neighbours; the kernel does it, once. */
    static boolean announces(Map<String, String> options) {
        return !"0".equals(options.get(ANNOUNCEMENTS));
    }

    /** Docker's bounds. */
    static void checkAnnouncements(Map<String, String> options) {
        within(options, ANNOUNCEMENTS, 0, MOST_ANNOUNCEMENTS, "an integer");
        within(options, ANNOUNCEMENT_MILLIS, LEAST_MILLIS, MOST_MILLIS, "integer milliseconds");
    }

    private static void within(Map<String, String> options, String key, int least, int most, String kind) {
        String text = options.get(key);
        if (text == null) {
            return;
        }
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure(
                    Failure.Kind.INVALID, "value for option %s \"%s\" must be %s".formatted(key, text, kind), e);
        }
        if (number < least || number > most) {
            throw Failure.invalid("%s must be in the range %d to %d", key, least, most);
        }
    }

    /** Looks at all options of a network that shall be made. */
    static void check(Map<String, String> options, boolean internal) {
        for (String key : new String[] {MASQUERADE, CONTAINERS_TALK, INHIBIT_IPV4}) {
            flag(options, key, true);
        }
        for (boolean ipv4 : new boolean[] {true, false}) {
            if (mode(options, ipv4) == GatewayMode.ISOLATED && !internal) {
                throw Failure.invalid("gateway mode 'isolated' can only be used for an internal network");
            }
        }
        for (String key : UNKNOWN) {
            if (options.containsKey(key)) {
                throw Failure.invalid(
                        "option %s is not supported: packets leave with the address of the link that they take", key);
            }
        }
        mtuBytes(options, 0);
        hostAddress(options);
        trusted(options);
        String name = options.get(NAME);
        if (name != null && !LINK.matcher(name).matches()) {
            throw Failure.invalid("invalid name of a bridge: %s", name);
        }
    }
}
