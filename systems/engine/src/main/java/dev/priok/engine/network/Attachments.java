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
import dev.priok.network.Transport;
import dev.priok.network.Wiring;
import dev.priok.network.dns.NameServer;
import dev.priok.network.dns.ServerSockets;
import dev.priok.network.dns.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts containers on their networks at their start, takes them off at their end, and finds them again after a restart. */
public final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

    private final EngineParts parts;
    private final NetworkingConfig config;
    private final EngineStore store;
    private final NetworkStore networks;
    private final Function<String, Optional<Definition>> definitions;
    private final Map<String, NameServer> nameServers = new ConcurrentHashMap<>();

    Attachments(
            EngineParts parts,
            NetworkingConfig config,
            EngineStore store,
            NetworkStore networks,
            Function<String, Optional<Definition>> definitions) {
        this.parts = parts;
        this.config = config;
        this.store = store;
        this.networks = networks;
        this.definitions = definitions;
    }

    /** A running container. */
    public record Running(Definition definition, int pid) {}

    private static boolean hasOwn(Definition definition) {
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
     */
    public Optional<String> attach(Definition definition) {
        if (parts.wiring().isEmpty() || !hasOwn(definition)) {
            return Optional.empty();
        }
        Wiring wiring = parts.wiring().get();
        String id = definition.id();
        detach(id);
        boolean done = false;
        try {
            Sandbox sandbox = wiring.open(id);
            List<EndpointRow> rows = new ArrayList<>();
            List<Map.Entry<Net, NetworkSpec.Endpoint>> wanted = wanted(definition);
            Optional<Net> main = main(wanted);
            for (Map.Entry<Net, NetworkSpec.Endpoint> one : wanted) {
                boolean isMain = main.filter(one.getKey()::equals).isPresent();
                rows.add(connect(wiring, definition, one.getKey(), one.getValue(), "eth" + rows.size(), isMain));
            }
            if (main.isPresent()) {
                publish(wiring, definition, main.get(), rows);
            }
            serveNames(wiring, definition);
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

    /** Where the default routes go: the highest priority, and of equals the first name. */
    private static Optional<Net> main(List<Map.Entry<Net, NetworkSpec.Endpoint>> wanted) {
        return wanted.stream()
                .filter(e ->
                        !e.getKey().row().internal() && !e.getKey().gateways().isEmpty())
                .min(java.util.Comparator.comparingInt((Map.Entry<Net, NetworkSpec.Endpoint> e) ->
                                -e.getValue().gatewayPriority())
                        .thenComparing(e -> e.getKey().name()))
                .map(Map.Entry::getKey);
    }

    private EndpointRow connect(
            Wiring wiring, Definition definition, Net net, NetworkSpec.Endpoint asked, String link, boolean main) {
        List<String> addresses = net.take(asked.ipv4Address(), asked.ipv6Address());
        boolean entered = false;
        try {
            String mac = asked.macAddress().isEmpty()
                            && net.name()
                                    .equals(Predefined.name(definition.spec().network()))
                    ? definition.spec().network().macAddress()
                    : asked.macAddress();
            List<InetAddress> gateways = net.gateways();
            EndpointDefinition wanted = new EndpointDefinition(
                    ObjectId.random(parts.random()).hex(),
                    net.id(),
                    link,
                    mac.isEmpty() ? Optional.empty() : Optional.of(new MacAddress(mac)),
                    addresses.stream().map(IpPrefix::parse).toList(),
                    main ? gateways : List.of(),
                    List.of(),
                    Map.of());
            Endpoint made = wiring.connect(definition.id(), wanted);
            EndpointRow row = new EndpointRow(
                    definition.id(),
                    net.id(),
                    wanted.id(),
                    link,
                    made.mac().text(),
                    addresses,
                    net.row().internal()
                            ? List.of()
                            : gateways.stream().map(InetAddress::getHostAddress).toList(),
                    main,
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

    private void publish(Wiring wiring, Definition definition, Net main, List<EndpointRow> rows) {
        List<PortRequest> requests = Ports.requests(definition.spec().network());
        if (requests.isEmpty()) {
            return;
        }
        for (int i = 0; i < rows.size(); i++) {
            EndpointRow row = rows.get(i);
            if (row.network().equals(main.id())) {
                List<PortBinding> bindings =
                        published(definition, row, wiring.publish(row.container(), row.id(), requests));
                EndpointRow withPorts = new EndpointRow(
                        row.container(),
                        row.network(),
                        row.id(),
                        row.link(),
                        row.mac(),
                        row.addresses(),
                        row.gateways(),
                        true,
                        bindings.stream()
                                .map(b -> new PublishedPort(
                                        b.containerPort() + "/" + b.transport(),
                                        b.hostAddress().getHostAddress(),
                                        b.hostPort()))
                                .toList());
                rows.set(i, withPorts);
                main.endpoints().put(row.container(), withPorts);
            }
        }
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

    /** Starts the name server of a container that is on a network that users made. */
    private void serveNames(Wiring wiring, Definition definition) {
        String id = definition.id();
        boolean named = networks.all().stream()
                .anyMatch(net -> net.isUserDefined() && net.endpoints().containsKey(id));
        if (!named || nameServers.containsKey(id)) {
            return;
        }
        try {
            ServerSockets sockets = wiring.inside(id, () -> ServerSockets.open(Upstream.PORT));
            nameServers.put(
                    id,
                    NameServer.start(
                            id.substring(0, 12),
                            sockets,
                            new ContainerNames(id, networks, definitions, upstreams(wiring, definition))));
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw Failure.internal(
                    e, "starting the name server of container %s: %s", id, String.valueOf(e.getMessage()));
        }
    }

    /** Servers that the user named are reached from the container, the host's from the host. */
    private List<Upstream> upstreams(Wiring wiring, Definition definition) throws IOException {
        List<String> named = definition.spec().network().dns();
        List<Upstream> all = new ArrayList<>();
        for (String server : named.isEmpty() ? config.dns() : named) {
            all.add(new Upstream(ContainerNames.server(server), new Upstream.Sockets() {
                @Override
                public DatagramChannel udp() throws IOException {
                    return inside(wiring, definition.id(), DatagramChannel::open);
                }

                @Override
                public SocketChannel tcp() throws IOException {
                    return inside(wiring, definition.id(), SocketChannel::open);
                }
            }));
        }
        if (all.isEmpty()) {
            for (String server : serversOfHost()) {
                all.add(new Upstream(ContainerNames.server(server), Upstream.Sockets.OF_HOST));
            }
        }
        return all;
    }

    private static <T> T inside(Wiring wiring, String id, java.util.concurrent.Callable<T> task) throws IOException {
        try {
            return wiring.inside(id, task);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static List<String> serversOfHost() throws IOException {
        Path file = Path.of("/etc/resolv.conf");
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals("nameserver") && !words[1].contains("%"))
                .map(words -> words[1])
                .toList();
    }

    /** Undoes what {@link #attach} did; its addresses and ports are free afterwards. Not attached: nothing. */
    public void detach(String id) {
        if (parts.wiring().isEmpty()) {
            return;
        }
        NameServer server = nameServers.remove(id);
        if (server != null) {
            server.close();
        }
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
        Map<String, EndpointRow> have = endpoints(definition.id());
        int number = 0;
        while (link(have, number)) {
            number++;
        }
        boolean main = have.values().stream().noneMatch(EndpointRow::main)
                && !net.row().internal()
                && !net.gateways().isEmpty();
        EndpointRow row = connect(wiring, definition, net, asked, "eth" + number, main);
        store.insertEndpoints(List.of(row));
        serveNames(wiring, definition);
    }

    private static boolean link(Map<String, EndpointRow> have, int number) {
        return have.values().stream().anyMatch(row -> row.link().equals("eth" + number));
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
            newMain(wiring, definition);
        }
    }

    private void newMain(Wiring wiring, Definition definition) {
        List<Map.Entry<Net, NetworkSpec.Endpoint>> left = wanted(definition).stream()
                .filter(e -> e.getKey().endpoints().containsKey(definition.id()))
                .toList();
        Optional<Net> main = main(left);
        wiring.setDefaultGateways(definition.id(), main.map(Net::gateways).orElse(List.of()));
        if (main.isPresent()) {
            EndpointRow row = main.get().endpoints().get(definition.id());
            if (row != null) {
                EndpointRow asMain = new EndpointRow(
                        row.container(),
                        row.network(),
                        row.id(),
                        row.link(),
                        row.mac(),
                        row.addresses(),
                        row.gateways(),
                        true,
                        row.ports());
                store.insertEndpoints(List.of(asMain));
                main.get().endpoints().put(row.container(), asMain);
            }
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
            endpoints.computeIfAbsent(row.container(), _ -> new ArrayList<>()).add(intended(row));
        }
        Reconciled result = wiring.reconcile(new Intended(
                networks.all().stream()
                        .flatMap(net -> net.definition(config.mtuBytes()).stream())
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
                    serveNames(wiring, container.definition());
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

    private static Intended.RunningEndpoint intended(EndpointRow row) {
        return new Intended.RunningEndpoint(
                new EndpointDefinition(
                        row.id(),
                        row.network(),
                        row.link(),
                        Optional.of(new MacAddress(row.mac())),
                        row.addresses().stream().map(IpPrefix::parse).toList(),
                        row.main()
                                ? row.gateways().stream()
                                        .map(InetAddress::ofLiteral)
                                        .toList()
                                : List.of(),
                        List.of(),
                        Map.of()),
                row.ports().stream()
                        .map(port -> {
                            String[] pair = port.containerPort().split("/", 2);
                            return new PortBinding(
                                    InetAddress.ofLiteral(port.hostIp()),
                                    port.hostPort(),
                                    Transport.parse(pair[1]),
                                    Integer.parseInt(pair[0]));
                        })
                        .toList());
    }

    void close() {
        nameServers.values().forEach(NameServer::close);
        nameServers.clear();
    }
}
