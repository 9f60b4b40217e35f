package dev.priok.distribution;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP proxies, by Go's rules, which Docker's users know.
 *
 * @param http for {@code http://}; empty for none
 * @param https for {@code https://}; empty for none
 * @param none hosts that are reached directly: names, {@code .domain}, addresses, ranges, {@code *}
 */
public record Proxies(Optional<URI> http, Optional<URI> https, List<String> none) {
    /** Everything is reached directly. */
    public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

    public Proxies {
        none = List.copyOf(none);
    }

    /** What HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, in either case. */
    public static Proxies of(Map<String, String> environment) {
        return of(value(environment, "http_proxy"), value(environment, "https_proxy"), value(environment, "no_proxy"));
    }

    /** As a configuration says; empty texts mean nothing. */
    public static Proxies of(String http, String https, String none) {
        return new Proxies(
                proxy(http),
                proxy(https),
                Arrays.stream(none.split(","))
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .toList());
    }

    private static String value(Map<String, String> environment, String name) {
        String upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
        return upper.isEmpty() ? environment.getOrDefault(name, "") : upper;
    }

    private static Optional<URI> proxy(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(URI.create(text.contains("://") ? text : "http://" + text));
    }

    /** The proxy for a host; never one for this machine itself. */
    public Optional<URI> forHost(String scheme, String host, int port) {
        String plain = host.startsWith("[") ? RegistryAccess.host(host) : host.toLowerCase(Locale.ROOT);
        boolean loopback = plain.equals("localhost")
                || RegistryAccess.literal(plain)
                        .filter(java.net.InetAddress::isLoopbackAddress)
                        .isPresent();
        if (loopback || none.stream().anyMatch(rule -> covers(rule, plain, port))) {
            return Optional.empty();
        }
        return scheme.equals("https") ? https : http;
    }

    private static boolean covers(String rule, String host, int port) {
        String lower = rule.toLowerCase(Locale.ROOT);
        if (lower.equals("*") || lower.equals(host) || lower.equals(host + ":" + port)) {
            return true;
        }
        Optional<AddressRange> range = AddressRange.parse(lower);
        if (range.isPresent()) {
            return RegistryAccess.literal(host).filter(range.get()::contains).isPresent();
        }
        String suffix = lower.startsWith("*.") ? lower.substring(1) : lower.startsWith(".") ? lower : "." + lower;
        return host.endsWith(suffix);
    }
}
