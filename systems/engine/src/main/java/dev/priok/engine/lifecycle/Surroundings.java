package dev.priok.engine.lifecycle;

import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.PlannedMount;
import java.util.List;
import java.util.Map;

/** Tells what volumes and networks a container takes at its start, and gives back at its end. */
final class Surroundings {
    private final Machine machine;
    private final ContainerNetworks networks;

    Surroundings(Machine machine, ContainerNetworks networks) {
        this.machine = machine;
        this.networks = networks;
    }

    /** Before the event of the start. */
    void taken(Container container) {
        for (MountPoint volume : volumes(container)) {
            machine.publish(
                    "volume",
                    "mount",
                    volume.name(),
                    Map.of(
                            "container", container.id(),
                            "destination", volume.destination(),
                            "driver", volume.driver(),
                            "propagation", volume.propagation(),
                            "read/write", Boolean.toString(volume.writable())));
        }
        network(container, "connect");
    }

    /** Before the event of the end. */
    void given(Container container) {
        network(container, "disconnect");
        for (MountPoint volume : volumes(container)) {
            machine.publish(
                    "volume", "unmount", volume.name(), Map.of("container", container.id(), "driver", volume.driver()));
        }
    }

    private static List<MountPoint> volumes(Container container) {
        return container.definition().mounts().stream()
                .map(PlannedMount::point)
                .filter(point -> point.type().equals("volume"))
                .toList();
    }

    private void network(Container container, String action) {
        for (ContainerNetworks.Named network : networks.of(container.definition())) {
            machine.publish(
                    "network",
                    action,
                    network.id(),
                    Map.of("container", container.id(), "name", network.name(), "type", network.driver()));
        }
    }
}
