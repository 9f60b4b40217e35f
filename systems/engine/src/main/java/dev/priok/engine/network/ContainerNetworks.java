package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.EngineParts;
import dev.priok.engine.Filters;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.NetworkingConfig;
import dev.priok.engine.Networks.Member;
import dev.priok.engine.Networks.NetworkView;
import dev.priok.engine.Networks.NewNetwork;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import dev.priok.engine.state.EngineStore;
import dev.priok.network.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Networks as containers and users deal with them. */
public final class ContainerNetworks implements AutoCloseable {
    private final NetworkStore networks;
    private final Attachments attachments;
    private final Function<String, Optional<Definition>> definitions;
    private final NetworkingConfig config;

    public ContainerNetworks(
            EngineParts parts,
            NetworkingConfig config,
            EngineStore store,
            NameIndex names,
            Function<String, Optional<Definition>> definitions) {
        this.config = config;
        this.definitions = definitions;
        this.networks = new NetworkStore(parts, config, store);
        this.attachments =
                new Attachments(parts, config, store, networks, new NameServers(config, networks, names, definitions));
    }

    /** A network's id, name and driver, for events. */
    public record Named(String id, String name, String driver) {}

    public Attachments attachments() {
        return attachments;
    }

    /** What {@code host-gateway} stands for: what the daemon was told, or the host as containers on the default network see it. */
    public List<String> hostGateways() {
        List<java.net.InetAddress> told = config.hostGateways();
        List<String> all = (told.isEmpty()
                        ? networks.byId(Predefined.id("bridge")).stream().flatMap(net -> net.gateways().stream())
                        : told.stream())
                .map(IpPrefix::text)
                .toList();
        return all.isEmpty() ? List.of("127.0.0.1") : all;
    }

    public boolean isUserDefined(String networkId) {
        return networks.byId(networkId).filter(Net::isUserDefined).isPresent();
    }

    /** With the daemon's name servers, options and domains where the container names none. */
    public NetworkSpec withDefaults(NetworkSpec spec) {
        return new NetworkSpec(
                spec.mode(),
                spec.disabled(),
                spec.dns().isEmpty() ? config.dns() : spec.dns(),
                spec.dnsOptions().isEmpty() ? config.dnsOptions() : spec.dnsOptions(),
                spec.dnsSearch().isEmpty() ? config.dnsSearch() : spec.dnsSearch(),
                spec.extraHosts(),
                spec.links(),
                spec.exposedPorts(),
                spec.portBindings(),
                spec.publishAllPorts(),
                spec.macAddress(),
                spec.endpoints());
    }

    /** Lines of /etc/hosts for {@code --link} on the default network: {@code container:alias}. */
    public String legacyLinks(Definition definition) {
        StringBuilder lines = new StringBuilder();
        for (String link : definition.spec().network().links()) {
            String[] pair = link.split(":", 2);
            String alias = pair[pair.length - 1].substring(pair[pair.length - 1].lastIndexOf('/') + 1);
            String ref = pair[0].startsWith("/") ? pair[0].substring(1) : pair[0];
            Definition target = definitions
                    .apply(ref)
                    .orElseThrow(
                            () -> Failure.notFound("could not get container for %s: No such container: %s", ref, ref));
            EndpointRow row = attachments.endpoints(target.id()).get("bridge");
            if (row == null) {
                throw Failure.conflict("Cannot link to a non running container: /%s AS %s", target.name(), alias);
            }
            String names = alias + " " + target.id().substring(0, 12) + " " + target.name();
            row.addresses()
                    .forEach(a -> lines.append(a, 0, a.indexOf('/'))
                            .append('\t')
                            .append(names)
                            .append('\n'));
        }
        return lines.toString();
    }

    /** Takes over what the engine before left. */
    public void recover(List<Attachments.Running> running) {
        attachments.recover(running);
    }

    /** Names of networks become those that are meant, with their ids; every container has its main one among them. */
    public NetworkSpec settle(NetworkSpec spec) {
        try {
            return settled(spec);
        } catch (Failure e) {
            // Docker's command takes a 404 of create for a missing image, and would pull it.
            throw e.kind() == Failure.Kind.NOT_FOUND ? new Failure(Failure.Kind.INVALID, e.message(), e) : e;
        }
    }

    private NetworkSpec settled(NetworkSpec spec) {
        if (spec.mode().startsWith("container:") || spec.disabled()) {
            return spec;
        }
        String main = Predefined.name(spec);
        boolean none =
                main.equals("bridge") && networks.byId(Predefined.id("bridge")).isEmpty();
        Net first = networks.get(none ? "none" : main);
        Map<String, NetworkSpec.Endpoint> settled = new LinkedHashMap<>();
        // Who names networks is on those alone, as in Docker; the mode then only tells which is the main one.
        boolean named = spec.endpoints().keySet().stream()
                .anyMatch(ref -> ref.equals("default") || ref.equals(spec.mode()) || networks.get(ref) == first);
        boolean connectable = first.isUserDefined() || first.isDefault();
        if (named || !connectable || spec.endpoints().isEmpty()) {
            requireUsable(first);
            settled.put(first.name(), NetworkSpec.Endpoint.PLAIN.withNetworkId(first.id()));
        }
        spec.endpoints().forEach((ref, asked) -> {
            Net net = ref.equals("default") || ref.equals(spec.mode()) ? first : networks.get(ref);
            check(net, asked);
            settled.put(net.name(), asked.withNetworkId(net.id()));
        });
        if (settled.size() > 1 && !first.row().driver().equals("bridge") && !first.isUserDefined()) {
            throw Failure.invalid(
                    "conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        }
        settled.computeIfPresent(first.name(), (_, asked) -> asked.withMacAddressUnlessAsked(spec.macAddress()));
        return spec.withMode(none ? "none" : spec.mode()).withEndpoints(settled);
    }

    private static void check(Net net, NetworkSpec.Endpoint asked) {
        requireUsable(net);
        EndpointOptions.of(asked);
        if (net.isUserDefined()) {
            return;
        }
        if (!asked.ipv4Address().isEmpty() || !asked.ipv6Address().isEmpty()) {
            throw Failure.invalid(
                    "invalid config for network %s: invalid endpoint settings:\nuser-specified IP address is supported on user-defined networks only",
                    net.name());
        }
        if (!asked.aliases().isEmpty()) {
            throw Failure.invalid(
                    "invalid config for network %s: invalid endpoint settings:\nnetwork-scoped aliases are only supported for user-defined networks",
                    net.name());
        }
    }

    private static void requireUsable(Net net) {
        if (net.row().configOnly()) {
            throw Failure.invalid("cannot create endpoint on configuration-only network %s", net.name());
        }
    }

    public NetworkView create(NewNetwork wanted) {
        return view(networks.create(wanted));
    }

    public NetworkView inspect(String ref) {
        return view(networks.get(ref));
    }

    public Named named(String ref) {
        return named(networks.get(ref));
    }

    private static Named named(Net net) {
        return new Named(net.id(), net.name(), net.row().driver());
    }

    /** The networks that a container names and that exist. */
    public List<Named> of(Definition definition) {
        return definition.spec().network().endpoints().values().stream()
                .flatMap(endpoint -> networks.byId(endpoint.networkId()).stream())
                .map(ContainerNetworks::named)
                .toList();
    }

    public void remove(String ref) {
        networks.remove(networks.get(ref));
    }

    /** What the container's settings become when it also joins this network. */
    public NetworkSpec joined(Definition definition, String ref, NetworkSpec.Endpoint asked) {
        NetworkSpec spec = definition.spec().network();
        Net net = networks.get(ref);
        if (spec.mode().equals("host") || net.name().equals("host")) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "container cannot be disconnected from host network or connected to host network");
        }
        if (spec.mode().startsWith("container:")) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "container sharing network namespace with another container or host cannot be connected to any other network");
        }
        if (spec.mode().equals("none") || net.name().equals("none")) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
        if (net.endpoints().containsKey(definition.id())) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "endpoint with name %s already exists in network %s".formatted(definition.name(), net.name()));
        }
        check(net, asked);
        Map<String, NetworkSpec.Endpoint> endpoints = new LinkedHashMap<>(spec.endpoints());
        endpoints.put(net.name(), asked.withNetworkId(net.id()));
        return spec.withEndpoints(endpoints);
    }

    /** What the container's settings become without this network. */
    public NetworkSpec left(Definition definition, String ref) {
        NetworkSpec spec = definition.spec().network();
        Net net = networks.get(ref);
        if (!spec.endpoints().containsKey(net.name())) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "container %s is not connected to network %s".formatted(definition.id(), net.name()));
        }
        if (net.name().equals("host")) {
            throw new Failure(
                    Failure.Kind.FORBIDDEN,
                    "container cannot be disconnected from host network or connected to host network");
        }
        Map<String, NetworkSpec.Endpoint> endpoints = new LinkedHashMap<>(spec.endpoints());
        endpoints.remove(net.name());
        return spec.withEndpoints(endpoints);
    }

    /** Joins it now; {@code definition} has the settings that {@link #joined} gave. */
    public void connect(Definition definition, String ref) {
        Net net = networks.get(ref);
        attachments.connect(
                definition,
                net,
                definition.spec().network().endpoints().getOrDefault(net.name(), NetworkSpec.Endpoint.PLAIN));
    }

    /** Leaves it now; {@code definition} has the settings that {@link #left} gave. */
    public void disconnect(Definition definition, String ref) {
        attachments.disconnect(definition, networks.get(ref));
    }

    /** The names that a container has on a network that users made; none elsewhere. */
    public List<String> names(Definition definition, String network) {
        Net net = networks.get(network);
        return net.isUserDefined()
                ? List.copyOf(NameIndex.names(
                        definition,
                        definition.spec().network().endpoints().getOrDefault(net.name(), NetworkSpec.Endpoint.PLAIN)))
                : List.of();
    }

    public List<NetworkView> list(Filters filters, Set<String> named) {
        filters.onlyKnowing("dangling", "driver", "id", "label", "name", "scope", "type");
        return networks.all().stream()
                .filter(net -> filters.match("name", net.name())
                        && filters.match("id", net.id())
                        && filters.exact("driver", net.row().driver())
                        && filters.exact("scope", "local")
                        && filters.exact("type", net.isUserDefined() ? "custom" : "builtin")
                        && filters.labels("label", net.row().labels())
                        && (!filters.has("dangling") || filters.flag("dangling", false) == dangling(net, named)))
                .map(this::view)
                .toList();
    }

    private static boolean dangling(Net net, Set<String> named) {
        return net.isUserDefined() && net.endpoints().isEmpty() && !named.contains(net.id());
    }

    /** Those that users made, nobody is on, and are not {@code named}. */
    public List<NetworkView> unused(Set<String> named) {
        return networks.all().stream()
                .filter(net -> dangling(net, named))
                .map(this::view)
                .toList();
    }

    private NetworkView view(Net net) {
        List<Member> members = new ArrayList<>();
        for (EndpointRow row : net.endpoints().values()) {
            definitions
                    .apply(row.container())
                    .ifPresent(definition -> members.add(new Member(
                            row.container(),
                            definition.name(),
                            row.id(),
                            row.mac(),
                            address(row, true),
                            address(row, false))));
        }
        return new NetworkView(
                net.id(),
                net.name(),
                net.row().driver(),
                "local",
                net.row().created(),
                net.row().ipv4(),
                net.row().ipv6(),
                net.row().internal(),
                net.row().attachable(),
                net.row().pools(),
                net.row().options(),
                net.row().labels(),
                net.row().configOnly(),
                net.row().configFrom(),
                members);
    }

    private static String address(EndpointRow row, boolean ipv4) {
        return row.addresses().stream()
                .filter(a -> IpPrefix.parse(a).isIpv4() == ipv4)
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        attachments.close();
    }
}
