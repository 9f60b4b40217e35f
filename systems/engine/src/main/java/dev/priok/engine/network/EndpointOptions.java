package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import dev.priok.network.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final int LINK_LOCAL_BITS4 = 16;
    private static final int LINK_LOCAL_BITS6 = 64;
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
        List<IpPrefix> _ = linkLocal(endpoint);
        return new EndpointOptions(sysctls, name);
    }

    /** Link-local addresses that were asked for, with the prefixes of RFC 3927 and RFC 4291; INVALID for others. */
    static List<IpPrefix> linkLocal(NetworkSpec.Endpoint endpoint) {
        List<IpPrefix> all = new ArrayList<>();
        for (String text : endpoint.linkLocalAddresses()) {
            IpPrefix address = IpPrefix.parse(text);
            if (!address.address().isLinkLocalAddress()) {
                throw Failure.invalid("invalid link-local IP address: %s", text);
            }
            all.add(new IpPrefix(address.address(), address.isIpv4() ? LINK_LOCAL_BITS4 : LINK_LOCAL_BITS6));
        }
        return all;
    }
}
