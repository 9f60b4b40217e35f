package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.ContainerView.PublishedPort;
import dev.priok.engine.EngineParts;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.NetworkingConfig;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import dev.priok.engine.state.EngineStore;
import dev.priok.network.Endpoint;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.Intended;
import dev.priok.network.IpPrefix;
import dev.priok.network.MacAddress;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Reconciled;
import dev.priok.network.Sandbox;
import dev.priok.network.Wiring;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts containers on their networks at their start, takes them off at their end, and finds them again after a restart. */
public final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

    private final EngineParts parts;
    private final NetworkingConfig config;
    private final EngineStore store;
    private final NetworkStore networks;
    private final NameServers nameServers;

    Attachments(
            EngineParts parts,
            NetworkingConfig config,
            EngineStore store,
            NetworkStore networks,
            NameServers nameServers) {
        this.parts = parts;
        this.config = config;
        this.store = store;
        this.networks = networks;
        this.nameServers = nameServers;
    }

    /** A running container. */
    public record Running(Definition definition, int pid) {}

    /** Whether a container has a network namespace with links of its own. */
    public static boolean hasOwn(Definition definition) {
        NetworkSpec network = definition.spec().network();
        String mode = network.mode();
        return !network.disabled()
                && !mode.equals("none")
                && !mode.equals("host")
                && !mode.startsWith("container:")
                && !network.endpoints().isEmpty();
    }

    /**
     * Makes a container's network namespace, on all of its networks; its path. Empty for one that has no network of its own or
     * none in the kernel. Call it with the container's lock held, as {@link #detach}.
     *
     * @param namespace path of a fresh namespace to take instead of one out of those that are ready
     */
    public Optional<String> attach(Definition definition, Optional<String> namespace) {
        if (parts.wiring().isEmpty() || !hasOwn(definition)) {
            return Optional.empty();
        }
        Wiring wiring = parts.wiring().get();
        String id = definition.id();
        detach(id);
        boolean done = false;
        try {
            Sandbox sandbox = namespace.isPresent() ? wiring.open(id, namespace.get()) : wiring.open(id);
            List<EndpointRow> rows = new ArrayList<>();
            List<Map.Entry<Net, NetworkSpec.Endpoint>> wanted = wanted(definition);
            Gateways gateways = Gateways.of(wanted, !withoutIpv6(definition));
            Set<String> links = new HashSet<>();
            Set<String> asked = new HashSet<>();
            wanted.forEach(one -> EndpointOptions.of(one.getValue()).linkName().ifPresent(asked::add));
            for (Map.Entry<Net, NetworkSpec.Endpoint> one : wanted) {
                rows.add(connect(wiring, definition, one.getKey(), one.getValue(), links, asked, gateways));
            }
            rows.replaceAll(row -> row.main() ? publish(wiring, definition, row, List.of()) : row);
            nameServers.start(wiring, definition);
            store.insertEndpoints(rows);
            done = true;
            return Optional.of(sandbox.path());
        } finally {
            if (!done) {
                detach(id);
            }
        }
    }

    /** The networks in the order of their links: the one of the mode first, the others by name. */
    private List<Map.Entry<Net, NetworkSpec.Endpoint>> wanted(Definition definition) {
        NetworkSpec spec = definition.spec().network();
        String first = Predefined.name(spec);
        List<Map.Entry<Net, NetworkSpec.Endpoint>> all = new ArrayList<>();
        spec.endpoints().entrySet().stream()
                .sorted(Map.Entry.<String, NetworkSpec.Endpoint>comparingByKey(
                        java.util.Comparator.comparing((String name) -> !name.equals(first))
                                .thenComparing(java.util.Comparator.naturalOrder())))
                .forEach(entry -> {
                    String networkId = entry.getValue().networkId();
                    Net net = networks.byId(networkId)
                            .orElseThrow(() -> Failure.notFound("network %s not found", networkId));
                    all.add(Map.entry(net, entry.getValue()));
                });
        return all;
    }

    /**
     * Makes an endpoint.
     *
     * @param links names of links inside that are taken; its own is added
     * @param reserved names of links that others have asked for
     */
    private EndpointRow connect(
            Wiring wiring,
            Definition definition,
            Net net,
            NetworkSpec.Endpoint asked,
            Set<String> links,
            Set<String> reserved,
            Gateways gateways) {
        EndpointOptions options = EndpointOptions.of(asked);
        String link = options.linkName().orElseGet(() -> free(links, reserved));
        if (!links.add(link)) {
            throw Failure.conflict(
                    "error renaming interface to %s: file exists: another network of the container has it", link);
        }
        boolean ipv6 = !withoutIpv6(definition);
        List<String> addresses = net.take(asked.ipv4Address(), asked.ipv6Address(), ipv6);
        boolean entered = false;
        try {
            String mac = asked.macAddress().isEmpty()
                            && net.name()
                                    .equals(Predefined.name(definition.spec().network()))
                    ? definition.spec().network().macAddress()
                    : asked.macAddress();
            EndpointDefinition wanted = new EndpointDefinition(
                    ObjectId.random(parts.random()).hex(),
                    net.id(),
                    link,
                    mac.isEmpty() ? Optional.empty() : Optional.of(new MacAddress(mac)),
                    onLink(addresses, asked),
                    gateways.by(net, addresses).stream()
                            .filter(gateway -> ipv6 || gateway instanceof Inet4Address)
                            .toList(),
                    List.of(),
                    net.withSettings(options.sysctls()));
            Endpoint made = wiring.connect(definition.id(), wanted);
            EndpointRow row = new EndpointRow(
                    definition.id(),
                    net.id(),
                    wanted.id(),
                    link,
                    made.mac().text(),
                    addresses,
                    !net.leadsOutside()
                            ? List.of()
                            : net.gateways(addresses).stream()
                                    .map(IpPrefix::text)
                                    .toList(),
                    gateways.include(net),
                    List.of());
            if (!net.enter(row)) {
                wiring.disconnect(definition.id(), wanted.id());
                throw Failure.notFound("network %s not found", net.name());
            }
            entered = true;
            return row;
        } finally {
            if (!entered) {
                net.give(addresses);
            }
        }
    }

    /** The network's addresses, and those that are the link's alone. */
    private static List<IpPrefix> onLink(List<String> addresses, NetworkSpec.Endpoint asked) {
        List<IpPrefix> all =
                new ArrayList<>(addresses.stream().map(IpPrefix::parse).toList());
        all.addAll(EndpointOptions.linkLocal(asked));
        return all;
    }

    /** Whether the container has IPv6 switched off for all of its links. */
    public static boolean withoutIpv6(Definition definition) {
        return "1".equals(definition.spec().host().sysctls().get("net.ipv6.conf.all.disable_ipv6"));
    }

    private static String free(Set<String> links, Set<String> reserved) {
        int number = 0;
        while (links.contains("eth" + number) || reserved.contains("eth" + number)) {
            number++;
        }
        return "eth" + number;
    }

    /**
     * Publishes the container's ports at an endpoint.
     *
     * @param before publications that the container had at another one, whose ports of the host are kept
     */
    private EndpointRow publish(Wiring wiring, Definition definition, EndpointRow row, List<PublishedPort> before) {
        Net net =
                networks.byId(row.network()).orElseThrow(() -> Failure.notFound("network %s not found", row.network()));
        List<PortRequest> requests = before.isEmpty()
                ? Ports.requests(definition.spec().network(), net.hostAddress())
                : before.stream().map(Ports::again).toList();
        if (requests.isEmpty()) {
            return row;
        }
        Publication publication = wiring.publish(row.container(), row.id(), requests);
        for (int i = 0; i < requests.size() && publication instanceof Publication.Allocated taken; i++) {
            // Who has it may be over, and take it along at any moment.
            networks.all().forEach(any -> any.awaitPort(taken.hostPort()));
            publication = wiring.publish(row.container(), row.id(), requests);
        }
        List<PortBinding> bindings = published(definition, row, publication);
        EndpointRow withPorts =
                row.with(true, bindings.stream().map(Ports::published).toList());
        net.put(withPorts);
        return withPorts;
    }

    private static List<PortBinding> published(Definition definition, EndpointRow row, Publication publication) {
        String reason;
        switch (publication) {
            case Publication.Published some -> {
                return some.bindings();
            }
            case Publication.Allocated taken ->
                reason = "Bind for %s:%d failed: port is already allocated"
                        .formatted(taken.hostAddress().getHostAddress(), taken.hostPort());
            case Publication.Refused refused ->
                reason = "failed to bind host port %s:%d/%s: %s"
                        .formatted(
                                refused.hostAddress().getHostAddress(),
                                refused.hostPort(),
                                refused.transport(),
                                refused.reason());
        }
        throw new Failure(
                Failure.Kind.INTERNAL,
                "failed to set up container networking: driver failed programming external connectivity on endpoint %s (%s): %s"
                        .formatted(definition.name(), row.id(), reason));
    }

    /** A run is over, and {@link #detach} follows: who removes a network meanwhile waits for it. */
    public void expectToDetach(String id) {
        networks.all().forEach(net -> net.expectToLeave(id));
    }

    /** Undoes what {@link #attach} did; its addresses and ports are free afterwards. Not attached: nothing. */
    public void detach(String id) {
        if (parts.wiring().isEmpty()) {
            return;
        }
        nameServers.stop(id);
        parts.wiring().get().release(id);
        boolean any = false;
        for (Net net : networks.all()) {
            EndpointRow row = net.endpoints().get(id);
            if (row != null) {
                net.leave(row);
                any = true;
            }
        }
        if (any) {
            store.deleteEndpoints(id);
        }
    }

    /** Puts a running container on one more network. */
    void connect(Definition definition, Net net, NetworkSpec.Endpoint asked) {
        Wiring wiring = parts.wiring()
                .orElseThrow(() -> new Failure(Failure.Kind.UNAVAILABLE, "this engine has no networks in the kernel"));
        Set<String> links = new HashSet<>();
        endpoints(definition.id()).values().forEach(row -> links.add(row.link()));
        Gateways gateways = Gateways.of(present(definition, net), !withoutIpv6(definition));
        EndpointRow row = connect(wiring, definition, net, asked, links, Set.of(), gateways);
        store.insertEndpoints(List.of(row));
        route(wiring, definition, gateways, List.of());
        nameServers.start(wiring, definition);
    }

    /** Takes a running container off a network. */
    void disconnect(Definition definition, Net net) {
        EndpointRow row = net.endpoints().get(definition.id());
        if (row == null || parts.wiring().isEmpty()) {
            return;
        }
        Wiring wiring = parts.wiring().get();
        wiring.disconnect(definition.id(), row.id());
        net.leave(row);
        store.deleteEndpoint(definition.id(), net.id());
        if (row.main()) {
            route(wiring, definition, Gateways.of(present(definition, null), !withoutIpv6(definition)), row.ports());
        }
    }

    /** The networks that a running container is on in truth, and {@code coming}. */
    private List<Map.Entry<Net, NetworkSpec.Endpoint>> present(Definition definition, @Nullable Net coming) {
        return wanted(definition).stream()
                .filter(place -> place.getKey().equals(coming)
                        || place.getKey().endpoints().containsKey(definition.id()))
                .toList();
    }

    /**
     * Leads the default routes and publications of a running container to where they belong now.
     *
     * @param homeless publications of an endpoint that is gone
     */
    private void route(Wiring wiring, Definition definition, Gateways gateways, List<PublishedPort> homeless) {
        List<PublishedPort> moved = new ArrayList<>(homeless);
        List<EndpointRow> changed = new ArrayList<>();
        List<EndpointRow> fresh = new ArrayList<>();
        List<InetAddress> routes = new ArrayList<>();
        for (Map.Entry<Net, NetworkSpec.Endpoint> place : present(definition, null)) {
            EndpointRow row = place.getKey().endpoints().get(definition.id());
            if (row == null) {
                continue;
            }
            routes.addAll(gateways.by(place.getKey(), row.addresses()));
            boolean main = gateways.include(place.getKey());
            if (row.main() && !main) {
                wiring.unpublish(definition.id(), row.id());
                moved.addAll(row.ports());
                EndpointRow without = row.with(false, List.of());
                place.getKey().put(without);
                changed.add(without);
            } else if (main && row.ports().isEmpty()) {
                EndpointRow asMain = row.with(true, List.of());
                place.getKey().put(asMain);
                fresh.add(asMain);
            }
        }
        wiring.setDefaultGateways(definition.id(), routes);
        for (EndpointRow row : fresh) {
            changed.add(publish(wiring, definition, row, moved));
        }
        if (!changed.isEmpty()) {
            store.insertEndpoints(changed);
        }
    }

    /** A running container's places, by name of the network. */
    public Map<String, EndpointRow> endpoints(String id) {
        Map<String, EndpointRow> all = new LinkedHashMap<>();
        for (Net net : networks.all()) {
            EndpointRow row = net.endpoints().get(id);
            if (row != null) {
                all.put(net.name(), row);
            }
        }
        return all;
    }

    /** Takes over what the engine before left, and makes the networks; call it once, before any {@link #attach}. */
    void recover(List<Running> running) {
        if (parts.wiring().isEmpty()) {
            return;
        }
        Wiring wiring = parts.wiring().get();
        Map<String, Running> byId = new LinkedHashMap<>();
        running.forEach(r -> byId.put(r.definition().id(), r));
        Map<String, List<Intended.RunningEndpoint>> endpoints = new LinkedHashMap<>();
        for (EndpointRow row : store.endpoints()) {
            Optional<Net> net = networks.byId(row.network());
            if (net.isEmpty() || !byId.containsKey(row.container())) {
                store.deleteEndpoint(row.container(), row.network());
                continue;
            }
            net.get().restore(row);
            Running container = byId.get(row.container());
            if (container != null) {
                endpoints
                        .computeIfAbsent(row.container(), _ -> new ArrayList<>())
                        .add(intended(row, net.get(), container.definition()));
            }
        }
        Reconciled result = wiring.reconcile(new Intended(
                networks.all().stream()
                        .flatMap(net -> net.definition(config).stream())
                        .toList(),
                endpoints.entrySet().stream()
                        .map(e -> new Intended.RunningSandbox(
                                e.getKey(), "/proc/" + pid(byId, e.getKey()) + "/ns/net", e.getValue()))
                        .toList()));
        result.problems().forEach(problem -> LOG.warn("networks: {}", problem));
        for (String id : endpoints.keySet()) {
            Running container = byId.get(id);
            if (container != null) {
                try {
                    nameServers.start(wiring, container.definition());
                } catch (Failure e) {
                    LOG.warn("container {} has no name server: {}", id, e.message());
                }
            }
        }
    }

    private static int pid(Map<String, Running> byId, String id) {
        Running container = byId.get(id);
        return container == null ? 0 : container.pid();
    }

    private Intended.RunningEndpoint intended(EndpointRow row, Net net, Definition definition) {
        NetworkSpec.Endpoint asked =
                definition.spec().network().endpoints().getOrDefault(net.name(), NetworkSpec.Endpoint.PLAIN);
        return new Intended.RunningEndpoint(
                new EndpointDefinition(
                        row.id(),
                        row.network(),
                        row.link(),
                        Optional.of(new MacAddress(row.mac())),
                        onLink(row.addresses(), asked),
                        row.main()
                                ? Gateways.of(wanted(definition), !withoutIpv6(definition))
                                        .by(net, row.addresses())
                                : List.of(),
                        List.of(),
                        net.withSettings(EndpointOptions.of(asked).sysctls())),
                row.ports().stream().map(Ports::binding).toList());
    }

    void close() {
        nameServers.close();
    }
}
