package dev.priok.engine.network;

import dev.priok.engine.NetworkSpec;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import dev.priok.network.IpPrefix;
import dev.priok.network.dns.NameSource;
import dev.priok.network.dns.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What one container may know of names: who else is on its user-defined networks. */
final class ContainerNames implements NameSource {
    private final String container;
    private final NetworkStore networks;
    private final Function<String, Optional<Definition>> definitions;
    private final List<Upstream> upstreams;

    /** @param definitions of containers, by id */
    ContainerNames(
            String container,
            NetworkStore networks,
            Function<String, Optional<Definition>> definitions,
            List<Upstream> upstreams) {
        this.container = container;
        this.networks = networks;
        this.definitions = definitions;
        this.upstreams = List.copyOf(upstreams);
    }

    private List<Net> own() {
        return networks.all().stream()
                .filter(net -> net.isUserDefined() && net.endpoints().containsKey(container))
                .toList();
    }

    /** All names of a container on a network, as inspect shows them. */
    static Set<String> names(Definition definition, Net net) {
        Set<String> names = new LinkedHashSet<>();
        names.add(definition.name());
        NetworkSpec.Endpoint endpoint = definition.spec().network().endpoints().get(net.name());
        if (endpoint != null) {
            names.addAll(endpoint.aliases());
        }
        names.add(definition.id().substring(0, 12));
        if (!definition.spec().hostname().isEmpty()) {
            names.add(definition.spec().hostname());
        }
        return names;
    }

    @Override
    public Found find(String name) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        Optional<Definition> self = definitions.apply(container);
        for (Net net : own()) {
            String wanted = link(self, net, name).orElse(name);
            String suffix = "." + net.name().toLowerCase(Locale.ROOT);
            String bare = wanted.endsWith(suffix) ? wanted.substring(0, wanted.length() - suffix.length()) : wanted;
            for (EndpointRow endpoint : net.endpoints().values()) {
                boolean named = definitions
                        .apply(endpoint.container())
                        .filter(d -> names(d, net).stream()
                                .anyMatch(n -> n.equalsIgnoreCase(wanted) || n.equalsIgnoreCase(bare)))
                        .isPresent();
                if (named) {
                    endpoint.addresses()
                            .forEach(a -> addresses.add(IpPrefix.parse(a).address()));
                }
            }
            if (addresses.isEmpty() && !bare.equals(wanted)) {
                return new Found.Nobody();
            }
        }
        return addresses.isEmpty() ? new Found.Elsewhere() : new Found.Addresses(new ArrayList<>(addresses));
    }

    /** What a link's alias stands for: links are {@code container:alias}. */
    private static Optional<String> link(Optional<Definition> self, Net net, String name) {
        return self.map(d -> d.spec().network().endpoints().get(net.name())).stream()
                .flatMap(endpoint -> endpoint.links().stream())
                .map(link -> link.split(":", 2))
                .filter(pair -> pair[pair.length - 1].equalsIgnoreCase(name))
                .map(pair -> pair[0].toLowerCase(Locale.ROOT))
                .findFirst();
    }

    @Override
    public Found find(InetAddress address) {
        for (Net net : own()) {
            for (EndpointRow endpoint : net.endpoints().values()) {
                boolean theirs = endpoint.addresses().stream()
                        .anyMatch(a -> IpPrefix.parse(a).address().equals(address));
                Optional<Definition> definition = definitions.apply(endpoint.container());
                if (theirs && definition.isPresent()) {
                    return new Found.Names(List.of(definition.get().name() + "." + net.name()));
                }
            }
            if (net.subnets().stream().anyMatch(subnet -> subnet.contains(address))) {
                return new Found.Nobody();
            }
        }
        return new Found.Elsewhere();
    }

    /** Services come with the cluster. */
    @Override
    public Found services(String name) {
        return find(name) instanceof Found.Elsewhere ? new Found.Elsewhere() : new Found.Nobody();
    }

    @Override
    public List<Upstream> upstreams() {
        boolean outside = networks.all().stream()
                .anyMatch(net -> !net.row().internal() && net.endpoints().containsKey(container));
        return outside ? upstreams : List.of();
    }

    static InetSocketAddress server(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), Upstream.PORT);
    }
}
