package dev.priok.daemon;

import java.util.Locale;
import java.util.Optional;

/** The options of {@code priokd}: dockerd's names, where the thing exists here, as flags and as keys of the configuration file. */
enum DaemonOption {
    ALLOW_DIRECT_ROUTING(
            "allow-direct-routing",
            "",
            Kind.BOOLEAN,
            "let other hosts reach published ports at the addresses of containers"),
    BIP("bip", "", Kind.TEXT, "address and prefix of the default bridge"),
    BIP6("bip6", "", Kind.TEXT, "IPv6 address and prefix of the default bridge"),
    BRIDGE("bridge", "b", Kind.TEXT, "link of the default network; none for no default network"),
    CLEANUP("cleanup", "", Kind.SWITCH, "remove this daemon's firewall table, links and namespaces, and exit"),
    CDI_SPEC_DIR("cdi-spec-dir", "", Kind.LIST, "folder of CDI specifications of devices", "cdi-spec-dirs"),
    CGROUP_PARENT("cgroup-parent", "", Kind.TEXT, "parent cgroup of all containers"),
    CONFIG_FILE("config-file", "", Kind.FLAG_ONLY, "configuration file, JSON as dockerd's"),
    DATA_ROOT("data-root", "", Kind.TEXT, "root of what is kept: images, containers, volumes"),
    DEBUG("debug", "D", Kind.BOOLEAN, "log more"),
    DEFAULT_ADDRESS_POOL(
            "default-address-pool",
            "",
            Kind.LIST,
            "where networks get subnets from: base=172.30.0.0/16,size=24",
            "default-address-pools"),
    DEFAULT_NETWORK_OPT(
            "default-network-opt", "", Kind.LIST, "option of networks that do not name it: DRIVER=KEY=VALUE", ""),
    DEFAULT_CGROUPNS_MODE("default-cgroupns-mode", "", Kind.TEXT, "cgroup namespace of containers: host or private"),
    DEFAULT_IPC_MODE("default-ipc-mode", "", Kind.TEXT, "IPC of containers: shareable or private"),
    DEFAULT_SHM_SIZE("default-shm-size", "", Kind.TEXT, "size of /dev/shm in containers"),
    DEFAULT_ULIMIT(
            "default-ulimit", "", Kind.LIMITS, "resource limit of containers, name=soft[:hard]", "default-ulimits"),
    DNS("dns", "", Kind.LIST, "name server of containers that name none"),
    DNS_OPT("dns-opt", "", Kind.LIST, "option of their resolvers", "dns-opts"),
    DNS_SEARCH("dns-search", "", Kind.LIST, "domain that their resolvers search"),
    EXEC_ROOT("exec-root", "", Kind.TEXT, "root of what need not outlive a reboot"),
    FEATURE("feature", "", Kind.FEATURES, "switch a feature: name[=true|false]", "features"),
    FIREWALL_TABLE("firewall-table", "", Kind.TEXT, "nftables table, and mark of links, of this daemon alone"),
    FIXED_CIDR("fixed-cidr", "", Kind.TEXT, "part of the default bridge's subnet that containers get"),
    FIXED_CIDR_V6("fixed-cidr-v6", "", Kind.TEXT, "IPv6 subnet of the default bridge"),
    GROUP("group", "G", Kind.TEXT, "group that owns the unix socket"),
    HELP("help", "h", Kind.SWITCH, "print this and exit"),
    HOST("host", "H", Kind.LIST, "where to listen: unix:///path, tcp://address:port, fd://", "hosts"),
    HOST_GATEWAY_IP(
            "host-gateway-ip",
            "",
            Kind.LIST,
            "what host-gateway stands for in --add-host: an address of each family at most",
            "host-gateway-ips"),
    ICC("icc", "", Kind.BOOLEAN, "let containers on the default network reach each other"),
    INIT("init", "", Kind.BOOLEAN, "run an init process in containers by default"),
    INSECURE_REGISTRY(
            "insecure-registry",
            "",
            Kind.LIST,
            "registry that may be without TLS or with a certificate nobody vouches for: host[:port] or a range",
            "insecure-registries"),
    IP("ip", "", Kind.TEXT, "address of the host where the default network's ports are published"),
    IP6TABLES("ip6tables", "", Kind.BOOLEAN, "true alone: published ports are firewall rules"),
    IP_FORWARD("ip-forward", "", Kind.BOOLEAN, "switch forwarding of packets on"),
    IP_MASQ("ip-masq", "", Kind.BOOLEAN, "give packets of the default network the host's address"),
    IP_FORWARD_NO_DROP(
            "ip-forward-no-drop", "", Kind.BOOLEAN, "accepted: the policy of the host's rules is never changed"),
    IPTABLES("iptables", "", Kind.BOOLEAN, "true alone: published ports are firewall rules"),
    IPV6("ipv6", "", Kind.BOOLEAN, "give the default bridge IPv6"),
    LABEL("label", "", Kind.LIST, "label of this daemon, key=value", "labels"),
    LIVE_RESTORE(
            "live-restore", "", Kind.BOOLEAN, "false: containers are stopped with the daemon; else they outlive it"),
    LOG_DRIVER("log-driver", "", Kind.TEXT, "default log driver of containers"),
    LOG_LEVEL("log-level", "l", Kind.TEXT, "debug, info, warn or error"),
    LOG_OPT("log-opt", "", Kind.MAP, "default option of the log driver, key=value", "log-opts"),
    METRICS_ADDR(
            "metrics-addr",
            "",
            Kind.TEXT,
            "address:port that serves figures for Prometheus; every one who reaches it reads them"),
    MAX_CONCURRENT_DOWNLOADS("max-concurrent-downloads", "", Kind.TEXT, "layers to pull from one registry at once"),
    MAX_CONCURRENT_UPLOADS("max-concurrent-uploads", "", Kind.TEXT, "layers to push to one registry at once"),
    MAX_DOWNLOAD_ATTEMPTS("max-download-attempts", "", Kind.TEXT, "how often a download is tried"),
    HTTP_PROXY("http-proxy", "", Kind.TEXT, "proxy for http://; with the next two also in \"proxies\""),
    HTTPS_PROXY("https-proxy", "", Kind.TEXT, "proxy for https://"),
    NO_PROXY("no-proxy", "", Kind.TEXT, "hosts that are reached without a proxy, separated by commas"),
    REGISTRY_CERTS(
            "registry-certs",
            "",
            Kind.LIST,
            "folder of certificates of registries, instead of /etc/priok/certs.d and /etc/docker/certs.d"),
    REGISTRY_MIRROR("registry-mirror", "", Kind.LIST, "address that is asked before Docker Hub", "registry-mirrors"),
    MTU("mtu", "", Kind.TEXT, "largest packet on bridges, in bytes"),
    NO_NEW_PRIVILEGES("no-new-privileges", "", Kind.BOOLEAN, "set-user-id programs have no effect in containers"),
    PIDFILE("pidfile", "p", Kind.TEXT, "file for the number of the daemon's process"),
    REGISTRY("registry", "", Kind.TEXT, "serve a registry too, at address:port, over the same blobs"),
    REGISTRY_CONFIG("registry-config", "", Kind.TEXT, "configuration file of that registry, JSON"),
    RESTART_DELAY("restart-delay", "", Kind.TEXT, "before the first restart by policy; doubles from there"),
    RESTART_MAX_DELAY("restart-max-delay", "", Kind.TEXT, "what that delay grows to"),
    RESTART_ON_UNHEALTHY("restart-on-unhealthy", "", Kind.BOOLEAN, "restart containers that become unhealthy"),
    RESTART_RESET("restart-reset", "", Kind.TEXT, "after a run of this length delays begin anew"),
    SHUTDOWN_TIMEOUT(
            "shutdown-timeout",
            "",
            Kind.TEXT,
            "seconds to finish requests at the end, and to stop containers with live-restore=false"),
    START_TIMEOUT("start-timeout", "", Kind.TEXT, "how long a container's start may take"),
    TLS("tls", "", Kind.BOOLEAN, "serve TCP with TLS; implied by --tlsverify"),
    TLSCACERT("tlscacert", "", Kind.TEXT, "certificates of those who may sign clients, PEM"),
    TLSCERT("tlscert", "", Kind.TEXT, "certificate of this daemon, PEM"),
    TLSKEY("tlskey", "", Kind.TEXT, "private key of this daemon, PEM"),
    TLSVERIFY("tlsverify", "", Kind.BOOLEAN, "ask clients for a certificate"),
    USERLAND_PROXY("userland-proxy", "", Kind.BOOLEAN, "carry connections to published TCP ports at [::1]"),
    USERNS_REMAP("userns-remap", "", Kind.TEXT, "user[:group] whose subordinate ids containers run as, or default"),
    VALIDATE("validate", "", Kind.SWITCH, "check the configuration and exit"),
    VERSION("version", "v", Kind.SWITCH, "print the version and exit");

    /** How a value is given. */
    enum Kind {
        TEXT,
        BOOLEAN,
        LIST,
        MAP,
        /** Names to booleans in the file; a flag may leave the value out. */
        FEATURES,
        /** dockerd's objects of Name, Soft and Hard in the file. */
        LIMITS,
        FLAG_ONLY,
        /** A flag without a value that asks for something other than serving. */
        SWITCH
    }

    private final String flag;
    private final String shorthand;
    private final Kind kind;
    private final String description;
    private final String key;

    DaemonOption(String flag, String shorthand, Kind kind, String description) {
        this(flag, shorthand, kind, description, flag);
    }

    DaemonOption(String flag, String shorthand, Kind kind, String description, String key) {
        this.flag = flag;
        this.shorthand = shorthand;
        this.kind = kind;
        this.description = description;
        this.key = key;
    }

    String flag() {
        return flag;
    }

    Kind kind() {
        return kind;
    }

    /** Key in the configuration file; empty for what only makes sense as a flag. */
    Optional<String> key() {
        return kind == Kind.FLAG_ONLY || kind == Kind.SWITCH || key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    static Optional<DaemonOption> byFlag(String name) {
        for (DaemonOption option : values()) {
            if (option.flag.equals(name)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    static Optional<DaemonOption> byShorthand(String letter) {
        for (DaemonOption option : values()) {
            if (!letter.isEmpty() && option.shorthand.equals(letter)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    static Optional<DaemonOption> byKey(String name) {
        for (DaemonOption option : values()) {
            if (option.key().filter(name::equals).isPresent()) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** One line of {@code --help}. */
    String help() {
        String name = switch (kind) {
            case TEXT, FLAG_ONLY -> flag + " string";
            case LIST -> flag + " list";
            case MAP, FEATURES -> flag + " map";
            case LIMITS -> flag + " ulimit";
            case BOOLEAN, SWITCH -> flag;
        };
        return String.format(
                Locale.ROOT, "  %s --%-25s %s", shorthand.isEmpty() ? "   " : "-" + shorthand + ",", name, description);
    }
}
