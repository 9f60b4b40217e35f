package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What Docker's driver options of an endpoint ask.
 *
 * @param sysctls settings below {@code net.}, with {@code IFNAME} for the link
 * @param linkName name of the link in the container
 */
record EndpointOptions(Map<String, String> sysctls, Optional<String> linkName) {
    private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";
    private static final String LINK_NAME = "com.docker.network.endpoint.ifname";
    private static final String PREFIX = "net.";
    /** A name of the kernel's: 15 bytes at most, and none of a path. */
    private static final Pattern LINK = Pattern.compile("(?!\\.{1,2}$)[^/:\\s\\p{Cntrl}]{1,15}");

    private static final Pattern SYSCTL =
            Pattern.compile("net\\.(ipv4|ipv6|mpls)\\.(conf|neigh)\\.(IFNAME|ifname)\\.[a-z0-9_-]+");

    EndpointOptions {
        sysctls = Map.copyOf(sysctls);
    }

    /** Those of an endpoint; INVALID when they cannot be meant. */
    static EndpointOptions of(NetworkSpec.Endpoint endpoint) {
        Map<String, String> sysctls = new LinkedHashMap<>();
        String text = endpoint.driverOptions().getOrDefault(SYSCTLS, "");
        for (String setting : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] pair = setting.strip().split("=", 2);
            if (pair.length != 2 || !SYSCTL.matcher(pair[0]).matches()) {
                throw Failure.invalid(
                        "invalid endpoint sysctl '%s': want net.FAMILY.KIND.IFNAME.NAME=VALUE, with IFNAME as it is",
                        setting);
            }
            // Docker's command writes the whole option in lower case.
            sysctls.put(pair[0].substring(PREFIX.length()).replace(".ifname.", ".IFNAME."), pair[1]);
        }
        Optional<String> name = Optional.ofNullable(endpoint.driverOptions().get(LINK_NAME));
        name.filter(n -> !LINK.matcher(n).matches() || n.equals("lo")).ifPresent(n -> {
            throw Failure.invalid("invalid interface name '%s'", n);
        });
        return new EndpointOptions(sysctls, name);
    }
}
