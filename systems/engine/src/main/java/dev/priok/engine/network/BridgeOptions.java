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
