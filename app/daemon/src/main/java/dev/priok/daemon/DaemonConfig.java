package dev.priok.daemon;

import dev.priok.core.Failure;
import dev.priok.distribution.Proxies;
import dev.priok.distribution.RegistryAccess;
import dev.priok.engine.ContainerDefaults;
import dev.priok.engine.IdRemap;
import dev.priok.engine.NetworkingConfig;
import dev.priok.network.IpPrefix;
import dev.priok.network.ipam.AddressPools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code priokd} was told, complete with defaults.
 *
 * @param hosts where to listen, {@code unix://} and {@code tcp://} addresses, {@code fd://} for an inherited socket
 * @param dataRoot root of what is kept
 * @param execRoot root of what need not outlive a reboot
 * @param pidFile where to write the process number; empty for nowhere
 * @param logLevel {@code debug}, {@code info}, {@code warn} or {@code error}
 * @param group group of the unix socket; empty for the default, {@code docker} where it exists
 * @param labels labels of the daemon
 * @param logDriver default log driver of containers
 * @param logOptions default options of that driver
 * @param cgroupParent parent of all containers' cgroups
 * @param containers what containers get that do not say
 * @param remap users and groups of containers; empty for the host's
 * @param deviceSpecs folders of CDI specifications; empty for no such devices
 * @param shutdownTimeout how long requests in flight may take at the end, and containers that are stopped with the daemon
 * @param liveRestore whether containers outlive the daemon
 * @param registry where to serve a registry; empty for nowhere
 * @param metricsAddress where figures are served, {@code address:port}; empty for nowhere
 * @param registries how registries are reached
 * @param network options of networks
 * @param tls how TCP listeners are protected; empty for plain
 */
record DaemonConfig(
        List<String> hosts,
        Path dataRoot,
        Path execRoot,
        Optional<Path> pidFile,
        String logLevel,
        Optional<String> group,
        List<String> labels,
        String logDriver,
        Map<String, String> logOptions,
        String cgroupParent,
        ContainerDefaults containers,
        Optional<IdRemap> remap,
        List<Path> deviceSpecs,
        Duration shutdownTimeout,
        boolean liveRestore,
        NetworkOptions network,
        Optional<RegistryConfig> registry,
        Optional<String> metricsAddress,
        RegistryAccess registries,
        Optional<Tls> tls) {
    static final String DEFAULT_HOST = "unix:///var/run/priok.sock";
    /** The socket that systemd opened for us. */
    static final String INHERITED_HOST = "fd://";

    private static final Set<String> LEVELS = Set.of("debug", "info", "warn", "error");

    /**
     * Files of a TLS listener, all PEM.
     *
     * @param certificate of the daemon
     * @param key of the daemon
     * @param clientAuthorities who may sign clients; empty when clients need no certificate
     */
    record Tls(Path certificate, Path key, Optional<Path> clientAuthorities) {}

    DaemonConfig {
        hosts = List.copyOf(hosts);
        labels = List.copyOf(labels);
        deviceSpecs = List.copyOf(deviceSpecs);
        logOptions = Map.copyOf(logOptions);
    }

    /** Merges flags and configuration file; an option may be given in one of them only. */
    static DaemonConfig of(CommandLine flags) throws IOException {
        Optional<Path> named = flags.text(DaemonOption.CONFIG_FILE).map(Path::of);
        Map<DaemonOption, List<String>> file =
                ConfigurationFile.read(named.orElse(ConfigurationFile.DEFAULT), named.isPresent());
        Set<String> both = new TreeSet<>();
        for (DaemonOption option : file.keySet()) {
            if (flags.values().containsKey(option)) {
                both.add(option.flag() + ": (from flag: "
                        + String.join(", ", flags.values().get(option)) + ", from file: "
                        + String.join(", ", file.get(option)) + ")");
            }
        }
        if (!both.isEmpty()) {
            throw Failure.invalid(
                    "the following directives are specified both as a flag and in the configuration file: %s",
                    String.join("; ", both));
        }
        Map<DaemonOption, List<String>> all = new EnumMap<>(DaemonOption.class);
        all.putAll(file);
        all.putAll(flags.values());
        return of(new Values(all));
    }

    private static DaemonConfig of(Values values) throws IOException {
        List<String> hosts = values.list(DaemonOption.HOST);
        if (hosts.isEmpty()) {
            hosts = List.of(DEFAULT_HOST);
        }
        for (String host : hosts) {
            boolean known = host.startsWith("unix://") || host.startsWith("tcp://") || host.equals(INHERITED_HOST);
            if (!known) {
                throw Failure.invalid(
                        "invalid bind address format: %s: want unix:///path, tcp://address:port or fd://", host);
            }
        }
        String level = values.isTrue(DaemonOption.DEBUG) ? "debug" : values.text(DaemonOption.LOG_LEVEL, "info");
        if (!LEVELS.contains(level)) {
            throw Failure.invalid("invalid logging level: %s", level);
        }
        return new DaemonConfig(
                hosts,
                absolute(values.text(DaemonOption.DATA_ROOT, "/var/lib/priok")),
                absolute(values.text(DaemonOption.EXEC_ROOT, "/run/priok")),
                values.optional(DaemonOption.PIDFILE).map(DaemonConfig::absolute),
                level,
                values.optional(DaemonOption.GROUP),
                values.list(DaemonOption.LABEL),
                values.text(DaemonOption.LOG_DRIVER, "json-file"),
                values.map(DaemonOption.LOG_OPT),
                values.text(DaemonOption.CGROUP_PARENT, "/priok"),
                ContainerOptions.defaults(values),
                ContainerOptions.remap(values),
                ContainerOptions.deviceSpecs(values),
                Duration.ofSeconds(seconds(values.text(DaemonOption.SHUTDOWN_TIMEOUT, "15"))),
                values.isTrue(DaemonOption.LIVE_RESTORE, true),
                network(values),
                registry(values),
                values.optional(DaemonOption.METRICS_ADDR),
                registries(values),
                tls(values));
    }

    private static Optional<RegistryConfig> registry(Values values) throws IOException {
        Optional<Path> file = values.optional(DaemonOption.REGISTRY_CONFIG).map(DaemonConfig::absolute);
        Optional<String> listen = values.optional(DaemonOption.REGISTRY);
        if (file.isEmpty() && listen.isEmpty()) {
            return Optional.empty();
        }
        RegistryConfig config = file.isPresent() ? RegistryConfig.read(file.get()) : RegistryConfig.empty();
        return Optional.of(listen.isPresent() ? config.listeningOn(listen.get()) : config);
    }

    private static RegistryAccess registries(Values values) {
        List<URI> mirrors = values.list(DaemonOption.REGISTRY_MIRROR).stream()
                .map(DaemonConfig::mirror)
                .toList();
        Proxies environment = Proxies.of(System.getenv());
        Proxies proxies = Proxies.of(
                values.text(
                        DaemonOption.HTTP_PROXY,
                        environment.http().map(URI::toString).orElse("")),
                values.text(
                        DaemonOption.HTTPS_PROXY,
                        environment.https().map(URI::toString).orElse("")),
                values.text(DaemonOption.NO_PROXY, String.join(",", environment.none())));
        List<Path> certificates =
                values.list(DaemonOption.REGISTRY_CERTS).stream().map(Path::of).toList();
        return RegistryAccess.DEFAULT
                .withMirrors(mirrors)
                .withCertificates(certificates.isEmpty() ? RegistryAccess.DEFAULT.certificates() : certificates)
                .withInsecure(values.list(DaemonOption.INSECURE_REGISTRY))
                .withProxies(proxies)
                .withLimits(
                        count(values, DaemonOption.MAX_CONCURRENT_DOWNLOADS, RegistryAccess.DEFAULT_DOWNLOADS),
                        count(values, DaemonOption.MAX_CONCURRENT_UPLOADS, RegistryAccess.DEFAULT_UPLOADS),
                        count(values, DaemonOption.MAX_DOWNLOAD_ATTEMPTS, RegistryAccess.DEFAULT_ATTEMPTS));
    }

    private static URI mirror(String text) {
        try {
            URI uri = URI.create(text);
            boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (known && uri.getHost() != null && uri.getRawQuery() == null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid mirror: \"" + text + "\" is not a valid URI", e);
        }
        throw Failure.invalid("invalid mirror: \"%s\": want http:// or https:// and a host", text);
    }

    private static int count(Values values, DaemonOption option, int otherwise) {
        String text = values.text(option, Integer.toString(otherwise));
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw Failure.invalid("invalid value \"%s\" for --%s: want a number from 1 to 9999", text, option.flag());
        }
        return Integer.parseInt(text);
    }

    /**
     * Options of networks.
     *
     * @param table the nftables table, by which links are recognised too
     * @param forwarding whether forwarding is switched on
     * @param relay whether connections to [::1] are relayed
     */
    record NetworkOptions(String table, boolean forwarding, boolean relay, NetworkingConfig engine) {}

    private static NetworkOptions network(Values values) {
        NetworkingConfig defaults = NetworkingConfig.DEFAULT;
        List<AddressPools.Pool> pools = values.list(DaemonOption.DEFAULT_ADDRESS_POOL).stream()
                .map(AddressPools.Pool::parse)
                .toList();
        for (DaemonOption option : List.of(DaemonOption.IPTABLES, DaemonOption.IP6TABLES)) {
            if (!values.isTrue(option, true)) {
                throw Failure.invalid(
                        "--%s=false is not possible: published ports and the separation of networks are rules of the firewall. For containers without them use --bridge=none and --network none or host",
                        option.flag());
            }
        }
        boolean _ = values.isTrue(DaemonOption.IP_FORWARD_NO_DROP);
        boolean ipv6 = values.isTrue(DaemonOption.IPV6);
        Optional<IpPrefix> fixedRange6 =
                values.optional(DaemonOption.FIXED_CIDR_V6).map(IpPrefix::parse);
        return new NetworkOptions(
                values.text(DaemonOption.FIREWALL_TABLE, "priok"),
                values.isTrue(DaemonOption.IP_FORWARD, true),
                values.isTrue(DaemonOption.USERLAND_PROXY, true),
                new NetworkingConfig(
                        values.text(DaemonOption.BRIDGE, defaults.bridge()),
                        values.optional(DaemonOption.BIP).map(IpPrefix::parse),
                        values.optional(DaemonOption.FIXED_CIDR).map(IpPrefix::parse),
                        (int) number(values.text(DaemonOption.MTU, Integer.toString(defaults.mtuBytes())), "MTU"),
                        values.isTrue(DaemonOption.ICC, true),
                        values.isTrue(DaemonOption.IP_MASQ, true),
                        pools.isEmpty() ? defaults.pools() : new AddressPools(pools),
                        values.list(DaemonOption.DNS),
                        values.list(DaemonOption.DNS_OPT),
                        values.list(DaemonOption.DNS_SEARCH),
                        values.optional(DaemonOption.IP)
                                .map(text -> IpPrefix.parse(text).address())
                                .filter(address -> !address.isAnyLocalAddress()),
                        ipv6,
                        values.optional(DaemonOption.BIP6).map(IpPrefix::parse),
                        fixedRange6,
                        networkOptions(values.list(DaemonOption.DEFAULT_NETWORK_OPT)),
                        hostGateways(values.list(DaemonOption.HOST_GATEWAY_IP)),
                        values.isTrue(DaemonOption.ALLOW_DIRECT_ROUTING, false)));
    }

    /** One address of each family at most, as dockerd has it. */
    private static List<InetAddress> hostGateways(List<String> texts) {
        List<InetAddress> all =
                texts.stream().map(text -> IpPrefix.parse(text).address()).toList();
        if (all.stream().map(Object::getClass).distinct().count() < all.size()) {
            throw Failure.invalid("only one IPv4 and one IPv6 host gateway IP address can be specified");
        }
        return all;
    }

    /** {@code DRIVER=KEY=VALUE} by driver. */
    private static Map<String, Map<String, String>> networkOptions(List<String> texts) {
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        for (String text : texts) {
            String[] parts = text.split("=", 3);
            if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw Failure.invalid("invalid default network option '%s': want DRIVER=KEY=VALUE", text);
            }
            all.computeIfAbsent(parts[0], _ -> new LinkedHashMap<>()).put(parts[1], parts[2]);
        }
        return all;
    }

    private static Optional<Tls> tls(Values values) {
        boolean verify = values.isTrue(DaemonOption.TLSVERIFY);
        if (!verify && !values.isTrue(DaemonOption.TLS)) {
            return Optional.empty();
        }
        Optional<Path> authorities = values.optional(DaemonOption.TLSCACERT).map(DaemonConfig::absolute);
        if (verify && authorities.isEmpty()) {
            throw Failure.invalid("--tlsverify needs --tlscacert: the certificates of those who may sign clients");
        }
        return Optional.of(new Tls(
                absolute(values.required(DaemonOption.TLSCERT)),
                absolute(values.required(DaemonOption.TLSKEY)),
                verify ? authorities : Optional.empty()));
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static long seconds(String text) {
        return number(text, "shutdown timeout");
    }

    private static long number(String text, String what) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + what + ": " + text, e);
        }
    }

    /** Reads options by type. */
    record Values(Map<DaemonOption, List<String>> all) {
        List<String> list(DaemonOption option) {
            return all.getOrDefault(option, List.of());
        }

        Optional<String> optional(DaemonOption option) {
            return Optional.ofNullable(all.get(option)).map(List::getLast).filter(s -> !s.isEmpty());
        }

        String text(DaemonOption option, String otherwise) {
            return optional(option).orElse(otherwise);
        }

        String required(DaemonOption option) {
            return optional(option).orElseThrow(() -> Failure.invalid("--%s is needed to serve TLS", option.flag()));
        }

        boolean isTrue(DaemonOption option) {
            return isTrue(option, false);
        }

        boolean isTrue(DaemonOption option, boolean otherwise) {
            String value = text(option, Boolean.toString(otherwise));
            return switch (value) {
                case "true", "1" -> true;
                case "false", "0" -> false;
                default -> throw Failure.invalid("invalid boolean value \"%s\" for --%s", value, option.flag());
            };
        }

        Map<String, String> map(DaemonOption option) {
            Map<String, String> map = new LinkedHashMap<>();
            for (String entry : list(option)) {
                int equals = entry.indexOf('=');
                if (equals <= 0) {
                    throw Failure.invalid("invalid argument \"%s\" for --%s: want key=value", entry, option.flag());
                }
                map.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
            return map;
        }
    }
}
