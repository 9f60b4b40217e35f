package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.netlink.ConnectionSocket;
import dev.priok.netlink.Link;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import dev.priok.netlink.NetlinkException;
import dev.priok.netlink.NftElement;
import dev.priok.netlink.NftSet;
import dev.priok.netlink.NftSocket;
import dev.priok.network.Endpoint;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.Intended;
import dev.priok.network.IpPrefix;
import dev.priok.network.MacAddress;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Reconciled;
import dev.priok.network.Sandbox;
import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wiring of the network namespace that the constructing thread is in. */
public final class HostWiring implements Wiring {
    private static final Logger LOG = LoggerFactory.getLogger(HostWiring.class);
    /** Links that wait for their removal get this long when the daemon ends. */
    private static final Duration REMOVAL_PATIENCE = Duration.ofSeconds(10);
    /** How soon a table that somebody flushed is there again. */
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    private final WiringConfig config;
    private final Fd host;
    private final boolean foreign;
    private final LinkSocket links;
    private final Firewall firewall;
    private final ConnectionSocket connections;
    private final Bridges bridges;
    private final Namespaces namespaces;
    private final HostPorts ports = new HostPorts();
    private final LinkRemovals removals;
    private final Thread watch = Thread.ofVirtual().name("network-watch").unstarted(this::watch);
    private final Map<String, OpenSandbox> sandboxes = new ConcurrentHashMap<>();

    /** A sandbox with its namespace and what is connected to it; guarded by itself. */
    private static final class OpenSandbox {
        private final HeldNamespace namespace;
        private final Map<String, Connected> endpoints = new LinkedHashMap<>();

        OpenSandbox(HeldNamespace namespace) {
            this.namespace = namespace;
        }
    }

    /** An endpoint with its publications, and the relays that serve those at [::1]. */
    private record Connected(Endpoint endpoint, List<PortBinding> bindings, List<LoopbackRelay> relays) {
        Connected(Endpoint endpoint) {
            this(endpoint, List.of(), List.of());
        }
    }

    /** Opens what is needed of the kernel in the calling thread's namespace. */
    public HostWiring(WiringConfig config) {
        this.config = config;
        try {
            host = Namespaces.current();
            foreign = !Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
            links = LinkSocket.open();
            firewall = new Firewall(config.name(), NftSocket.open());
            connections = ConnectionSocket.open();
            removals = new LinkRemovals();
        } catch (IOException e) {
            throw Failure.internal(e, "networks cannot be set up: %s", String.valueOf(e.getMessage()));
        }
        bridges = new Bridges(config, links);
        namespaces = new Namespaces(config.readySandboxes());
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(WATCH_INTERVAL);
                try {
                    if (onHost("looking after the firewall", firewall::mend)) {
                        LOG.warn("somebody removed rules of table {}; they are there again", config.name());
                    }
                } catch (Failure e) {
                    LOG.warn("the firewall could not be looked after: {}", e.message());
                }
            }
        } catch (InterruptedException _) {
            // The wiring is closed.
        }
    }

    private <T> T onHost(String doing, Callable<T> task) {
        return Namespaces.call(doing, () -> foreign ? Namespaces.inside(host, task) : task.call());
    }

    @Override
    public void createNetwork(NetworkDefinition network) {
        onHost("making network " + network.id(), () -> {
            bridges.create(network);
            if (network instanceof NetworkDefinition.Bridge bridge) {
                try {
                    firewall.put(network.id(), Firewall.ofNetwork(bridge));
                } catch (IOException e) {
                    bridges.remove(network.id());
                    throw e;
                }
            }
            return true;
        });
    }

    @Override
    public void removeNetwork(String networkId) {
        onHost("removing network " + networkId, () -> {
            firewall.put(networkId, Map.of());
            bridges.remove(networkId);
            return true;
        });
    }

    @Override
    public List<IpPrefix> subnetsInUse() {
        return onHost("listing addresses of the host", bridges::subnetsOfOthers);
    }

    @Override
    public List<IpPrefix> addresses(String link) {
        return onHost("listing addresses of " + link, () -> bridges.addresses(link));
    }

    @Override
    public Sandbox open(String sandboxId) {
        return register(sandboxId, namespaces.take());
    }

    @Override
    public Sandbox open(String sandboxId, String namespacePath) {
        return register(sandboxId, hold(namespacePath, true));
    }

    @Override
    public Sandbox adopt(String sandboxId, String namespacePath) {
        return register(sandboxId, hold(namespacePath, false));
    }

    private static HeldNamespace hold(String path, boolean fresh) {
        return Namespaces.call("opening network namespace " + path, () -> Namespaces.hold(path, fresh));
    }

    private Sandbox register(String id, HeldNamespace namespace) {
        if (sandboxes.putIfAbsent(id, new OpenSandbox(namespace)) != null) {
            namespace.close();
            throw Failure.conflict("sandbox %s exists already", id);
        }
        return new Sandbox(
                id,
                "/proc/" + ProcessHandle.current().pid() + "/fd/"
                        + namespace.fd().number());
    }

    private OpenSandbox sandbox(String id) {
        OpenSandbox found = sandboxes.get(id);
        if (found == null) {
            throw Failure.notFound("no such sandbox: %s", id);
        }
        return found;
    }

    @Override
    public Endpoint connect(String sandboxId, EndpointDefinition definition) {
        OpenSandbox sandbox = sandbox(sandboxId);
        synchronized (sandbox) {
            Endpoint endpoint = Namespaces.call(
                    "connecting to network " + definition.network(), () -> attach(sandbox.namespace, definition));
            sandbox.endpoints.put(definition.id(), new Connected(endpoint));
            return endpoint;
        }
    }

    private Endpoint attach(HeldNamespace namespace, EndpointDefinition definition) throws Exception {
        Bridges.Made network = bridges.made(definition.network());
        byte[] mac = definition.mac().map(MacAddress::bytes).orElseGet(Names::anyMac);
        String hostLink =
                network.definition() instanceof NetworkDefinition.Bridge ? Names.hostLink(definition.id()) : "";
        String alias = Names.alias(config.name(), definition.id());
        LinkRequests requests = new LinkRequests();
        int mtu = network.definition().mtuBytes();
        switch (network.definition()) {
            case NetworkDefinition.Bridge bridge -> {
                requests.addVeth(hostLink, mtu, network.link(), definition.interfaceName(), mac, namespace.fd());
                // Where bridged packets pass the firewall too, it answers for both: published ports turn packets round
                // within
                // the bridge, and the forward chain parts containers. Elsewhere that is the routing's and the ports'
                // own.
                boolean filtered = bridges.isFiltered(bridge);
                if (filtered || !bridge.containersTalk()) {
                    requests.setPort(hostLink, filtered, !filtered && !bridge.containersTalk());
                }
                requests.upAsPort(hostLink, alias, mtu);
            }
            case NetworkDefinition.Macvlan macvlan ->
                requests.addMacvlan(
                        definition.interfaceName(),
                        mtu,
                        network.link(),
                        LinkRequests.MacvlanMode.valueOf(macvlan.mode().name()),
                        mac,
                        namespace.fd());
        }
        try {
            links.send(requests);
        } catch (NetlinkException e) {
            if (e.errno() == Errno.EEXIST) {
                throw new Failure(
                        Failure.Kind.CONFLICT,
                        "interface " + definition.interfaceName() + " is taken: " + e.getMessage(),
                        e);
            }
            removeLink(hostLink);
            throw e;
        }
        try {
            Inside.configure(namespace, definition);
        } catch (Exception e) {
            if (hostLink.isEmpty()) {
                Inside.remove(namespace, definition.interfaceName());
            } else {
                removeLink(hostLink);
            }
            throw e;
        }
        return new Endpoint(definition, MacAddress.of(mac), hostLink);
    }

    private void removeLink(String name) throws IOException {
        if (name.isEmpty()) {
            return;
        }
        try {
            links.send(new LinkRequests().deleteLink(name));
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENODEV) { // it went with its other end
                throw e;
            }
        }
    }

    @Override
    public void disconnect(String sandboxId, String endpointId) {
        OpenSandbox sandbox = sandboxes.get(sandboxId);
        if (sandbox == null) {
            return;
        }
        synchronized (sandbox) {
            unpublish(sandboxId, endpointId);
            Connected connected = sandbox.endpoints.remove(endpointId);
            if (connected != null) {
                // At once: the same interface name may be wanted again.
                Namespaces.call(
                        "disconnecting from network "
                                + connected.endpoint.definition().network(),
                        () -> {
                            if (connected.endpoint.hostLink().isEmpty()) {
                                Inside.remove(
                                        sandbox.namespace,
                                        connected.endpoint.definition().interfaceName());
                            } else {
                                removeLink(connected.endpoint.hostLink());
                            }
                            return true;
                        });
            }
        }
    }

    @Override
    public void setDefaultGateways(String sandboxId, List<InetAddress> gateways) {
        OpenSandbox sandbox = sandbox(sandboxId);
        synchronized (sandbox) {
            Namespaces.call(
                    "setting default routes of " + sandboxId,
                    () -> Inside.setDefaultGateways(sandbox.namespace, gateways));
        }
    }

    @Override
    public Publication publish(String sandboxId, String endpointId, List<PortRequest> requests) {
        OpenSandbox sandbox = sandbox(sandboxId);
        synchronized (sandbox) {
            Connected connected = connected(sandbox, endpointId);
            EndpointDefinition definition = connected.endpoint.definition();
            if (!(bridges.made(definition.network()).definition() instanceof NetworkDefinition.Bridge bridge)) {
                return new Publication.Published(List.of());
            }
            return onHost("publishing ports of " + endpointId, () -> publish(bridge, connected, requests, sandbox));
        }
    }

    private Publication publish(
            NetworkDefinition.Bridge bridge, Connected connected, List<PortRequest> requests, OpenSandbox sandbox)
            throws Exception {
        EndpointDefinition definition = connected.endpoint.definition();
        String id = definition.id();
        Publications asked = Publications.of(bridge, definition.reachable(), requests, config.relay());
        Publication publication = ports.reserve(id, asked.held(), asked.anyAddresses());
        if (!(publication instanceof Publication.Published(var fresh))) {
            return publication;
        }
        List<PortBinding> bindings = new ArrayList<>(fresh);
        // IPv4 first, as where both are held.
        int ofIpv4 = 0;
        for (PortBinding direct : asked.direct()) {
            bindings.add(Names.isIpv4(direct.hostAddress()) ? ofIpv4++ : bindings.size(), direct);
        }
        List<PortBinding> all = new ArrayList<>(connected.bindings);
        all.addAll(bindings);
        List<LoopbackRelay> relays = new ArrayList<>(connected.relays);
        boolean done = false;
        try {
            Map<NftSet, List<NftElement>> entries = Firewall.ofBindings(bridge, definition.reachable(), all);
            relay(definition, fresh, entries, relays);
            firewall.put(id, entries);
            done = true;
        } finally {
            if (!done) {
                fresh.forEach(b -> ports.release(id, b));
                relays.stream().filter(r -> !connected.relays.contains(r)).forEach(LoopbackRelay::close);
            }
        }
        sandbox.endpoints.put(id, new Connected(connected.endpoint, List.copyOf(all), List.copyOf(relays)));
        return new Publication.Published(bindings);
    }

    /** Starts relays for the publications that [::1] reaches, and adds what leads there. */
    private void relay(
            EndpointDefinition definition,
            List<PortBinding> bindings,
            Map<NftSet, List<NftElement>> entries,
            List<LoopbackRelay> relays)
            throws IOException {
        for (PortBinding binding : bindings) {
            if (config.relay() && Publications.isRelayed(binding)) {
                InetSocketAddress target = new InetSocketAddress(
                        Publications.server(definition.reachable(), binding), binding.containerPort());
                LoopbackRelay relay = LoopbackRelay.start(target, () -> onHost("relaying", SocketChannel::open));
                relays.add(relay);
                Firewall.addRelay(entries, binding, relay.port());
            }
        }
    }

    private static Connected connected(OpenSandbox sandbox, String endpointId) {
        Connected found = sandbox.endpoints.get(endpointId);
        if (found == null) {
            throw Failure.notFound("no such endpoint: %s", endpointId);
        }
        return found;
    }

    @Override
    public void unpublish(String sandboxId, String endpointId) {
        OpenSandbox sandbox = sandboxes.get(sandboxId);
        if (sandbox == null) {
            return;
        }
        synchronized (sandbox) {
            Connected connected = sandbox.endpoints.get(endpointId);
            if (connected == null || connected.bindings.isEmpty()) {
                return;
            }
            Namespaces.call("withdrawing ports of " + endpointId, () -> {
                firewall.put(endpointId, Map.of());
                for (IpPrefix address : connected.endpoint.definition().reachable()) {
                    connections.forget(
                            address.address(),
                            c -> connected.bindings.stream()
                                    .anyMatch(b -> b.transport().number() == c.protocol() && b.hostPort() == c.port()));
                }
                connected.bindings.forEach(b -> ports.release(endpointId, b));
                connected.relays.forEach(LoopbackRelay::close);
                sandbox.endpoints.put(endpointId, new Connected(connected.endpoint));
                return true;
            });
        }
    }

    @Override
    public void release(String sandboxId) {
        OpenSandbox sandbox = sandboxes.get(sandboxId);
        if (sandbox == null) {
            return;
        }
        synchronized (sandbox) {
            List.copyOf(sandbox.endpoints.keySet()).forEach(id -> unpublish(sandboxId, id));
            sandboxes.remove(sandboxId, sandbox);
        }
        List<Endpoint> ended =
                sandbox.endpoints.values().stream().map(Connected::endpoint).toList();
        removals.add(new LinkRemovals.Ended(
                sandboxId,
                ended.stream()
                        .map(Endpoint::hostLink)
                        .filter(name -> !name.isEmpty())
                        .toList(),
                ended.stream()
                        .filter(e -> e.hostLink().isEmpty())
                        .map(e -> e.definition().interfaceName())
                        .toList(),
                sandbox.namespace));
    }

    @Override
    public <T> T inside(String sandboxId, Callable<T> task) throws Exception {
        return Namespaces.inside(sandbox(sandboxId).namespace.fd(), task);
    }

    @Override
    public Reconciled reconcile(Intended intended) {
        return onHost("taking networks back", () -> {
            List<String> problems = new ArrayList<>();
            Map<String, Map<NftSet, List<NftElement>>> entries = new HashMap<>();
            for (NetworkDefinition network : intended.networks()) {
                try {
                    bridges.create(network);
                    if (network instanceof NetworkDefinition.Bridge bridge) {
                        entries.put(network.id(), Firewall.ofNetwork(bridge));
                    }
                } catch (IOException | Failure e) {
                    problems.add("network " + network.id() + ": " + e.getMessage());
                }
            }
            int repaired = 0;
            Set<String> kept = new HashSet<>();
            for (Intended.RunningSandbox running : intended.sandboxes()) {
                for (Intended.RunningEndpoint endpoint : running.endpoints()) {
                    kept.add(Names.alias(config.name(), endpoint.definition().id()));
                }
                repaired += takeBack(running, entries, problems);
            }
            firewall.replace(entries);
            watch.start();
            int removed = bridges.removeLeftovers(kept, removals);
            return new Reconciled(problems, repaired, removed);
        });
    }

    private int takeBack(
            Intended.RunningSandbox running,
            Map<String, Map<NftSet, List<NftElement>>> entries,
            List<String> problems) {
        int repaired = 0;
        try {
            adopt(running.id(), running.namespacePath());
            OpenSandbox sandbox = sandbox(running.id());
            for (Intended.RunningEndpoint wanted : running.endpoints()) {
                EndpointDefinition definition = wanted.definition();
                String hostLink = Names.hostLink(definition.id());
                Bridges.Made network = bridges.made(definition.network());
                boolean isBridge = network.definition() instanceof NetworkDefinition.Bridge;
                Optional<Link> there = Inside.intact(sandbox.namespace, definition);
                Optional<Link> outside = isBridge ? links.link(hostLink) : Optional.empty();
                Endpoint endpoint;
                if (there.isPresent() && (!isBridge || outside.isPresent())) {
                    endpoint = new Endpoint(
                            definition, MacAddress.of(there.get().mac().orElseThrow()), isBridge ? hostLink : "");
                    if (outside.isPresent() && outside.get().master() != network.link()) {
                        links.send(new LinkRequests().setMaster(outside.get().index(), network.link()));
                        repaired++;
                    }
                } else {
                    removeLink(isBridge ? hostLink : "");
                    Inside.remove(sandbox.namespace, definition.interfaceName());
                    endpoint = attach(sandbox.namespace, definition);
                    repaired++;
                }
                List<PortBinding> bindings = new ArrayList<>();
                for (PortBinding binding : wanted.bindings()) {
                    if (binding.hostPort() == 0) {
                        bindings.add(binding);
                        continue;
                    }
                    Publication p = ports.hold(definition.id(), binding);
                    if (p instanceof Publication.Published) {
                        bindings.add(binding);
                    } else {
                        problems.add("port %s:%d/%s of %s is taken by another program"
                                .formatted(
                                        binding.hostAddress().getHostAddress(),
                                        binding.hostPort(),
                                        binding.transport(),
                                        running.id()));
                    }
                }
                List<LoopbackRelay> relays = new ArrayList<>();
                if (network.definition() instanceof NetworkDefinition.Bridge bridge && !bindings.isEmpty()) {
                    Map<NftSet, List<NftElement>> published =
                            Firewall.ofBindings(bridge, definition.reachable(), bindings);
                    relay(definition, bindings, published, relays);
                    entries.put(definition.id(), published);
                }
                sandbox.endpoints.put(
                        definition.id(), new Connected(endpoint, List.copyOf(bindings), List.copyOf(relays)));
            }
        } catch (Exception e) {
            problems.add("sandbox " + running.id() + ": " + e.getMessage());
        }
        return repaired;
    }

    @Override
    public void cleanup() {
        onHost("removing networks", () -> {
            watch.interrupt();
            firewall.remove();
            return bridges.removeEverything(removals);
        });
        close();
    }

    @Override
    public void close() {
        watch.interrupt();
        namespaces.close();
        if (!removals.close(REMOVAL_PATIENCE)) {
            LOG.warn("some links stay until the next start");
        }
        sandboxes.values().forEach(s -> s.endpoints.values().forEach(c -> c.relays.forEach(LoopbackRelay::close)));
        sandboxes.values().forEach(s -> s.namespace.close());
        ports.close();
        connections.close();
        firewall.close();
        links.close();
        host.close();
    }
}
