package dev.priok.engine.internal;

import dev.priok.engine.ContainerView;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Folders;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.spec.BindText;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import dev.priok.network.IpPrefix;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns containers into what users see; takes no lock. */
final class ContainerViews {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerViews.class);
    static final String DRIVER = "overlayfs";

    private final Snapshotter snapshotter;
    private final Lifecycles machinery;

    ContainerViews(Snapshotter snapshotter, Lifecycles machinery) {
        this.snapshotter = snapshotter;
        this.machinery = machinery;
    }

    /** For a list: without the paths of its layers. */
    ContainerView row(Container container, List<String> linkNames, ContainerView.@Nullable Size size) {
        return of(container, linkNames, new ContainerView.Snapshot(DRIVER, Map.of()), size);
    }

    /** All of it. */
    ContainerView whole(Container container, ContainerView.@Nullable Size size) {
        return of(container, List.of(), new ContainerView.Snapshot(DRIVER, layers(container)), size);
    }

    private ContainerView of(
            Container container,
            List<String> linkNames,
            ContainerView.Snapshot snapshot,
            ContainerView.@Nullable Size size) {
        Container.Shown shown = container.shown();
        Definition d = shown.definition();
        List<String> program = d.program();
        return new ContainerView(
                d.id(),
                d.name(),
                linkNames,
                d.created(),
                d.spec().withNetwork(machinery.shown(d)),
                program.isEmpty() ? "" : program.getFirst(),
                program.isEmpty() ? List.of() : program.subList(1, program.size()),
                shown.state(),
                d.imageId(),
                d.imageManifest(),
                d.platform(),
                shown.condition().restartCount(),
                points(d),
                container.execIds(),
                machinery.files(container),
                snapshot,
                connected(container),
                container
                        .dropped()
                        .map(dropped -> new ContainerView.Dropped(dropped.lines(), dropped.bytes()))
                        .orElse(null),
                size);
    }

    /** Without those of {@code --tmpfs}, which Docker shows in the configuration alone. */
    private static List<ContainerView.MountPoint> points(Definition definition) {
        Set<String> tmpfs = definition.spec().storage().tmpfs().keySet().stream()
                .map(BindText::clean)
                .collect(Collectors.toSet());
        return definition.mounts().stream()
                .map(PlannedMount::point)
                .filter(point -> !point.type().equals("tmpfs") || !tmpfs.contains(point.destination()))
                .toList();
    }

    private ContainerView.Connected connected(Container container) {
        if (!container.state().live()) {
            return ContainerView.Connected.NOWHERE;
        }
        Map<String, ContainerView.EndpointView> endpoints = new LinkedHashMap<>();
        List<ContainerView.PublishedPort> ports = new ArrayList<>();
        List<ContainerView.PublishedPort> ofIpv6 = new ArrayList<>();
        machinery.networks().attachments().endpoints(container.id()).forEach((network, row) -> {
            endpoints.put(network, endpoint(container, row));
            // Where each family is published on a network of its own, IPv4 comes first.
            boolean only6 = row.ports().stream().allMatch(port -> port.hostIp().contains(":"));
            (only6 ? ofIpv6 : ports).addAll(row.ports());
        });
        ports.addAll(ofIpv6);
        return new ContainerView.Connected("/proc/" + container.state().pid() + "/ns/net", endpoints, ports);
    }

    private ContainerView.EndpointView endpoint(Container container, EndpointRow row) {
        Optional<IpPrefix> ipv4 = prefix(row, true);
        Optional<IpPrefix> ipv6 = prefix(row, false);
        return new ContainerView.EndpointView(
                row.network(),
                row.id(),
                row.mac(),
                gateway(row, '.'),
                ipv4.map(p -> IpPrefix.text(p.address())).orElse(""),
                ipv4.map(IpPrefix::bits).orElse(0),
                gateway(row, ':'),
                ipv6.map(p -> IpPrefix.text(p.address())).orElse(""),
                ipv6.map(IpPrefix::bits).orElse(0),
                machinery.networks().names(container.definition(), row.network()));
    }

    private static Optional<IpPrefix> prefix(EndpointRow row, boolean ipv4) {
        return row.addresses().stream()
                .map(IpPrefix::parse)
                .filter(p -> p.isIpv4() == ipv4)
                .findFirst();
    }

    private static String gateway(EndpointRow row, char mark) {
        return row.gateways().stream()
                .filter(g -> g.indexOf(mark) >= 0)
                .findFirst()
                .orElse("");
    }

    private Map<String, String> layers(Container container) {
        Map<String, String> data = new LinkedHashMap<>();
        snapshotter.find(Folders.snapshotKey(container.id())).ifPresent(snapshot -> {
            Mount mount = snapshot.mounts().getFirst();
            if (mount.type().equals("overlay")) {
                data.put("LowerDir", String.join(":", mount.lowers()));
                mount.option("upperdir").ifPresent(upper -> {
                    data.put("MergedDir", String.valueOf(Path.of(upper).resolveSibling("merged")));
                    data.put("UpperDir", upper);
                });
                mount.option("workdir").ifPresent(work -> data.put("WorkDir", work));
            } else {
                data.put("UpperDir", mount.source());
            }
        });
        return data;
    }

    /** Walks what the container wrote; its image's size is added for the whole. */
    ContainerView.Size size(Container container, long imageBytes) {
        long written = 0;
        try {
            written = snapshotter.usage(Folders.snapshotKey(container.id())).bytes();
        } catch (IOException e) {
            LOG.debug("container {} went away while it was measured: {}", container.id(), Cause.text(e));
        }
        return new ContainerView.Size(written, written + imageBytes);
    }
}
