package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.Filters;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.Networks;
import dev.priok.engine.PruneResult;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.network.ContainerNetworks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The engine's networks behind their interface; tells what happens to them. */
final class NetworksOfEngine implements Networks {
    private final Machine machine;
    private final Lifecycles machinery;
    private final ContainerNetworks networks;

    NetworksOfEngine(Machine machine, Lifecycles machinery) {
        this.machine = machine;
        this.machinery = machinery;
        this.networks = machinery.networks();
    }

    /** Ids of networks that containers name, running or not. */
    private Set<String> named() {
        return machinery.registry().all().stream()
                .flatMap(c -> c.definition().spec().network().endpoints().values().stream())
                .map(NetworkSpec.Endpoint::networkId)
                .collect(Collectors.toSet());
    }

    @Override
    public List<NetworkView> list(Filters filters) {
        return networks.list(filters, named());
    }

    @Override
    public NetworkView inspect(String ref) {
        return networks.inspect(ref);
    }

    @Override
    public String create(NewNetwork network) {
        NetworkView made = networks.create(network);
        tell("create", made.id(), made.name(), made.driver());
        return made.id();
    }

    @Override
    public void remove(String ref) {
        ContainerNetworks.Named named = networks.named(ref);
        networks.remove(named.id());
        tell("destroy", named.id(), named.name(), named.driver());
    }

    private void tell(String action, String id, String name, String driver) {
        machine.publish("network", action, id, Map.of("name", name, "type", driver));
    }

    @Override
    public void connect(String ref, String container, NetworkSpec.Endpoint endpoint) {
        machinery
                .networkChanges()
                .connect(
                        machinery.registry().get(container), networks.named(ref).id(), endpoint);
    }

    @Override
    public void disconnect(String ref, String container, boolean force) {
        String id = networks.named(ref).id();
        Optional<Container> found = machinery.registry().find(container);
        if (found.isEmpty() && force) {
            return;
        }
        machinery
                .networkChanges()
                .disconnect(found.orElseThrow(() -> Failure.notFound("No such container: %s", container)), id);
    }

    @Override
    public PruneResult prune(Filters filters) {
        filters.onlyKnowing("label", "label!", "until");
        Instant until =
                filters.has("until") ? TimeText.parse(filters.get("until").getFirst(), machine.now()) : null;
        List<String> deleted = new ArrayList<>();
        for (NetworkView network : networks.unused(named())) {
            if ((until == null || network.created().isBefore(until))
                    && filters.labels("label", network.labels())
                    && filters.lacksLabels("label!", network.labels())) {
                try {
                    remove(network.id());
                    deleted.add(network.name());
                } catch (Failure e) {
                    // Somebody joined it meanwhile.
                    if (e.kind() != Failure.Kind.FORBIDDEN && e.kind() != Failure.Kind.NOT_FOUND) {
                        throw e;
                    }
                }
            }
        }
        machine.publish("network", "prune", "", Map.of("reclaimed", "0"));
        return new PruneResult(deleted, 0);
    }
}
