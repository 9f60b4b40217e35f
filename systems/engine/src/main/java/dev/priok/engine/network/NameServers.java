package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkingConfig;
import dev.priok.engine.state.Definition;
import dev.priok.network.Wiring;
import dev.priok.network.dns.NameServer;
import dev.priok.network.dns.ServerSockets;
import dev.priok.network.dns.Upstream;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The name servers of running containers: one in each that is on a network that users made. */
final class NameServers implements AutoCloseable {
    private final NetworkingConfig config;
    private final NetworkStore networks;
    private final NameIndex index;
    private final Function<String, Optional<Definition>> definitions;
    private final Map<String, NameServer> running = new ConcurrentHashMap<>();

    NameServers(
            NetworkingConfig config,
            NetworkStore networks,
            NameIndex index,
            Function<String, Optional<Definition>> definitions) {
        this.config = config;
        this.networks = networks;
        this.index = index;
        this.definitions = definitions;
    }

    /** Starts that of a container, if it needs one and has none. */
    void start(Wiring wiring, Definition definition) {
        String id = definition.id();
        boolean named = definition.spec().network().endpoints().values().stream()
                .flatMap(asked -> networks.byId(asked.networkId()).stream())
                .anyMatch(net -> net.isUserDefined() && net.endpoints().containsKey(id));
        if (!named || running.containsKey(id)) {
            return;
        }
        try {
            ServerSockets sockets = wiring.inside(id, ServerSockets::openRedirected);
            running.put(
                    id,
                    NameServer.start(
                            id.substring(0, 12),
                            sockets,
                            new ContainerNames(
                                    definition, networks, index, definitions, upstreams(wiring, definition))));
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw Failure.internal(
                    e, "starting the name server of container %s: %s", id, String.valueOf(e.getMessage()));
        }
    }

    void stop(String container) {
        NameServer server = running.remove(container);
        if (server != null) {
            server.close();
        }
    }

    /** Servers that the user named are reached from the container, the host's from the host. */
    private List<Upstream> upstreams(Wiring wiring, Definition definition) throws IOException {
        List<String> named = definition.spec().network().dns();
        List<Upstream> all = new ArrayList<>();
        for (String server : named.isEmpty() ? config.dns() : named) {
            if (server.equals(ServerSockets.ADDRESS)) {
                continue; // ourselves
            }
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
        if (named.isEmpty() && config.dns().isEmpty()) {
            for (String server : serversOfHost()) {
                all.add(new Upstream(ContainerNames.server(server), Upstream.Sockets.OF_HOST));
            }
        }
        return all;
    }

    private static <T> T inside(Wiring wiring, String id, Callable<T> task) throws IOException {
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

    @Override
    public void close() {
        running.values().forEach(NameServer::close);
        running.clear();
    }
}
