package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts containers that exist on networks, and takes them off. */
public final class NetworkChanges {
    private final Machine machine;
    private final ContainerNetworks networks;
    private final EtcFiles etc;

    NetworkChanges(Machine machine, ContainerNetworks networks, EtcFiles etc) {
        this.etc = etc;
        this.machine = machine;
        this.networks = networks;
    }

    public void connect(Container container, String network, NetworkSpec.Endpoint asked) {
        container.lock.lock();
        try {
            requireStays(container);
            Definition before = container.definition();
            Definition after = before.withSpec(before.spec().withNetwork(networks.joined(before, network, asked)));
            container.publish(after);
            boolean done = false;
            try {
                if (container.state().live()) {
                    networks.connect(after, network);
                    joined(container, network);
                    tell("connect", container, network);
                }
                machine.store().define(after);
                done = true;
            } finally {
                if (!done) {
                    networks.disconnect(before, network);
                    container.publish(before);
                }
            }
        } finally {
            container.lock.unlock();
        }
    }

    public void disconnect(Container container, String network) {
        container.lock.lock();
        try {
            requireStays(container);
            Definition before = container.definition();
            Definition after = before.withSpec(before.spec().withNetwork(networks.left(before, network)));
            machine.store().define(after);
            container.publish(after);
            if (container.state().live()) {
                EndpointRow row = row(container, network);
                networks.disconnect(after, network);
                if (row != null) {
                    left(container, row);
                }
                tell("disconnect", container, network);
            }
        } finally {
            container.lock.unlock();
        }
    }

    private @Nullable EndpointRow row(Container container, String network) {
        return networks.attachments()
                .endpoints(container.id())
                .get(networks.named(network).name());
    }

    private void joined(Container container, String network) {
        EndpointRow row = row(container, network);
        try {
            if (row != null) {
                etc.joined(container, row, networks.isUserDefined(row.network()));
            }
        } catch (IOException e) {
            throw Failure.internal(e, "writing the hosts of container %s: %s", container.id(), Cause.text(e));
        }
    }

    private void left(Container container, EndpointRow row) {
        try {
            etc.left(container, row);
        } catch (IOException e) {
            throw Failure.internal(e, "writing the hosts of container %s: %s", container.id(), Cause.text(e));
        }
    }

    private static void requireStays(Container container) {
        if (container.removing) {
            throw new Failure(Failure.Kind.FORBIDDEN, "container %s is marked for removal".formatted(container.id()));
        }
    }

    private void tell(String action, Container container, String network) {
        ContainerNetworks.Named named = networks.named(network);
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("container", container.id());
        attributes.put("name", named.name());
        attributes.put("type", named.driver());
        machine.publish("network", action, named.id(), attributes);
    }
}
