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
    private final Definition first;
    private final NetworkStore networks;
    private final NameIndex index;
    private final Function<String, Optional<Definition>> definitions;
    private final List<Upstream> upstreams;

    /**
     * Of one container.
     *
     * @param first the container, as it is at first
     * @param definitions of containers, by id
     */
    ContainerNames(
            Definition first,
            NetworkStore networks,
            NameIndex index,
            Function<String, Optional<Definition>> definitions,
            List<Upstream> upstreams) {
        this.first = first;
        this.networks = networks;
        this.index = index;
        this.definitions = definitions;
        this.upstreams = List.copyOf(upstreams);
    }

    /** A network that the container is on, with what was asked of its place there. */
    private record Place(Net net, NetworkSpec.Endpoint asked) {}

    private List<Place> places() {
        List<Place> all = new ArrayList<>();
        for (NetworkSpec.Endpoint asked : definitions
                .apply(first.id())
                .orElse(first)
                .spec()
                .network()
                .endpoints()
                .values()) {
            networks.byId(asked.networkId())
                    .filter(net -> net.endpoints().containsKey(first.id()))
                    .ifPresent(net -> all.add(new Place(net, asked)));
        }
        return all;
    }

    @Override
    public Found find(String name) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        boolean known = false;
        for (Place place : places()) {
            Net net = place.net();
            if (!net.isUserDefined()) {
                continue;
            }
            String wanted = link(place.asked(), name).orElse(name);
            String suffix = "." + net.name().toLowerCase(Locale.ROOT);
            Set<String> owners = new LinkedHashSet<>(index.owners(net.id(), wanted));
            if (wanted.endsWith(suffix)) {
                owners.addAll(index.owners(net.id(), wanted.substring(0, wanted.length() - suffix.length())));
                known = true;
            }
            known |= !owners.isEmpty();
            for (String owner : owners) {
                EndpointRow endpoint = net.endpoints().get(owner);
                if (endpoint != null) {
                    endpoint.addresses()
                            .forEach(a -> addresses.add(IpPrefix.parse(a).address()));
                }
            }
        }
        if (!addresses.isEmpty()) {
            return new Found.Addresses(new ArrayList<>(addresses));
        }
        // The name of a container that does not run is nobody's business outside.
        return known ? new Found.Nobody() : new Found.Elsewhere();
    }

    /** What a link's alias stands for: links are {@code container:alias}. */
    private static Optional<String> link(NetworkSpec.Endpoint asked, String name) {
        return asked.links().stream()
                .map(link -> link.split(":", 2))
                .filter(pair -> pair[pair.length - 1].equalsIgnoreCase(name))
                .map(pair -> pair[0].toLowerCase(Locale.ROOT))
                .findFirst();
    }

    @Override
    public Found find(InetAddress address) {
        for (Place place : places()) {
            Net net = place.net();
            if (!net.isUserDefined()) {
                continue;
            }
            Optional<Definition> owner = net.at(address).flatMap(definitions);
            if (owner.isPresent()) {
                return new Found.Names(List.of(owner.get().name() + "." + net.name()));
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
        if (places().stream().anyMatch(place -> place.net().leadsOutside())) {
            return upstreams;
        }
        // Those that are asked from the container's own place are no way out of an internal network.
        return upstreams.stream()
                .filter(server -> !server.sockets().equals(Upstream.Sockets.OF_HOST))
                .toList();
    }

    static InetSocketAddress server(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), Upstream.PORT);
    }
}
