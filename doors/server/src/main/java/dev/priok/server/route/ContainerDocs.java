package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.ProcessSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Containers as inspect and list show them. */
final class ContainerDocs {
    private ContainerDocs() {}

    static Doc inspect(ContainerView view, ApiVersion version) {
        var document = new Doc()
                .with("Id", view.id())
                .with("Created", GoTime.text(view.created()))
                .with("Path", view.path())
                .with("Args", view.args())
                .with("State", state(view.state()))
                .with("Image", view.imageId())
                .with("ResolvConfPath", view.files().resolvConf())
                .with("HostnamePath", view.files().hostname())
                .with("HostsPath", view.files().hosts())
                .with("LogPath", view.files().log())
                .with("Name", "/" + view.name())
                .with("RestartCount", view.restartCount())
                .with("Driver", view.snapshot().driver())
                .with("Platform", view.platform().split("/", 2)[0])
                .with("MountLabel", "")
                .with("ProcessLabel", "")
                .with("AppArmorProfile", "")
                .with("ExecIDs", view.execIds().isEmpty() ? null : view.execIds())
                .with("HostConfig", HostConfigDocs.of(view.spec()))
                .with(
                        "GraphDriver",
                        new Doc()
                                .with("Data", view.snapshot().data())
                                .with("Name", view.snapshot().driver()));
        putSize(document, view);
        ContainerView.Dropped dropped = view.dropped();
        if (dropped != null) {
            document.with("LogDropped", new Doc().with("Lines", dropped.lines()).with("Bytes", dropped.bytes()));
        }
        document.with("Mounts", mounts(view))
                .with("Config", config(view.spec()))
                .with("NetworkSettings", network(view));
        if (version.atLeast(48)) {
            putManifest(document, view);
        }
        return document;
    }

    private static List<String> names(ContainerView view) {
        List<String> names = new ArrayList<>(view.linkNames());
        names.addFirst("/" + view.name());
        return names;
    }

    /** A row of {@code docker ps}. */
    static Doc summary(ContainerView view, Instant now, ApiVersion version) {
        var document = new Doc()
                .with("Id", view.id())
                .with("Names", names(view))
                .with("Image", view.spec().image())
                .with("ImageID", view.imageId())
                .with("Command", command(view))
                .with("Created", GoTime.seconds(view.created()))
                .with("Ports", ports(view))
                .with("Labels", view.spec().labels())
                .with("State", view.state().status().word())
                .with("Status", view.statusText(now))
                .with("HostConfig", summaryOfHost(view, version))
                .with("NetworkSettings", new Doc().with("Networks", networks(view)))
                .with("Mounts", mounts(view));
        ContainerView.Size size = view.size();
        if (size != null) {
            document.unlessEmpty("SizeRw", size.writableBytes()).unlessEmpty("SizeRootFs", size.rootBytes());
        }
        if (version.atLeast(48)) {
            putManifest(document, view);
        }
        return document;
    }

    private static Doc summaryOfHost(ContainerView view, ApiVersion version) {
        var document = new Doc().with("NetworkMode", view.spec().network().mode());
        return version.atLeast(46)
                ? document.unlessEmpty("Annotations", view.spec().host().annotations())
                : document;
    }

    private static void putSize(Doc document, ContainerView view) {
        ContainerView.Size size = view.size();
        if (size != null) {
            document.with("SizeRw", size.writableBytes()).with("SizeRootFs", size.rootBytes());
        }
    }

    private static void putManifest(Doc document, ContainerView view) {
        if (view.imageManifest().isEmpty()) {
            return;
        }
        document.with(
                "ImageManifestDescriptor",
                new Doc()
                        .with("mediaType", "application/vnd.oci.image.manifest.v1+json")
                        .with("digest", view.imageManifest())
                        .with("size", 0));
    }

    private static String command(ContainerView view) {
        var text = new StringBuilder(view.path());
        for (String argument : view.args()) {
            text.append(' ').append(argument.contains(" ") ? "'" + argument + "'" : argument);
        }
        return text.toString();
    }

    private static Doc state(ContainerState state) {
        var document = new Doc()
                .with("Status", state.status().word())
                .with("Running", state.running())
                .with("Paused", state.paused())
                .with("Restarting", state.restarting())
                .with("OOMKilled", state.oomKilled())
                .with("Dead", state.status() == ContainerState.Status.DEAD)
                .with("Pid", state.pid())
                .with("ExitCode", state.exitCode())
                .with("Error", state.error())
                .with("StartedAt", GoTime.text(state.startedAt()))
                .with("FinishedAt", GoTime.text(state.finishedAt()));
        ContainerState.Health health = state.health();
        if (health != null) {
            document.with(
                    "Health",
                    new Doc()
                            .with("Status", health.status())
                            .with("FailingStreak", health.failingStreak())
                            .with(
                                    "Log",
                                    health.log().stream()
                                            .map(ContainerDocs::probe)
                                            .toList()));
        }
        return document;
    }

    private static Doc probe(ContainerState.Probe probe) {
        return new Doc()
                .with("Start", GoTime.text(probe.start()))
                .with("End", GoTime.text(probe.end()))
                .with("ExitCode", probe.exitCode())
                .with("Output", probe.output());
    }

    private static List<Doc> mounts(ContainerView view) {
        return view.mounts().stream()
                .map(m -> new Doc()
                        .with("Type", m.type())
                        .unlessEmpty("Name", m.name())
                        .with("Source", m.source())
                        .with("Destination", m.destination())
                        .unlessEmpty("Driver", m.driver())
                        .with("Mode", m.mode())
                        .with("RW", m.writable())
                        .with("Propagation", m.propagation()))
                .toList();
    }

    private static Doc config(ContainerSpec spec) {
        ProcessSpec process = spec.process();
        var document = new Doc()
                .with("Hostname", spec.hostname())
                .with("Domainname", spec.domainname())
                .with("User", process.user())
                .with("AttachStdin", process.attachStdin())
                .with("AttachStdout", process.attachStdout())
                .with("AttachStderr", process.attachStderr())
                .unlessEmpty("ExposedPorts", set(spec.network().exposedPorts()))
                .with("Tty", process.tty())
                .with("OpenStdin", process.openStdin())
                .with("StdinOnce", process.stdinOnce())
                .with("Env", process.env())
                .with("Cmd", process.cmd());
        Healthcheck health = spec.healthcheck();
        if (health != null) {
            document.with("Healthcheck", health(health));
        }
        document.with("Image", spec.image())
                .with(
                        "Volumes",
                        spec.storage().volumes().isEmpty()
                                ? null
                                : set(spec.storage().volumes()))
                .with("WorkingDir", process.workingDir())
                .with("Entrypoint", process.entrypoint())
                .unlessEmpty("NetworkDisabled", spec.network().disabled())
                .unlessEmpty("MacAddress", askedMac(spec.network()))
                .with("OnBuild", process.onBuild().isEmpty() ? null : process.onBuild())
                .with("Labels", spec.labels())
                .unlessEmpty("StopSignal", process.stopSignal());
        if (process.stopTimeoutSeconds() != null) {
            document.with("StopTimeout", process.stopTimeoutSeconds());
        }
        return document.unlessEmpty("Shell", process.shell());
    }

    /** What was asked for the container, or for its main network, as in Docker. */
    private static String askedMac(NetworkSpec network) {
        String main = network.mode().equals("default") ? "bridge" : network.mode();
        return network.macAddress().isEmpty()
                ? network.endpoints().entrySet().stream()
                        .filter(place -> place.getKey().equals(main)
                                || place.getValue().networkId().equals(main))
                        .map(place -> place.getValue().macAddress())
                        .findFirst()
                        .orElse("")
                : network.macAddress();
    }

    static Doc health(Healthcheck health) {
        return new Doc()
                .unlessEmpty("Test", health.test())
                .unlessEmpty("Interval", health.intervalNanos())
                .unlessEmpty("Timeout", health.timeoutNanos())
                .unlessEmpty("StartPeriod", health.startPeriodNanos())
                .unlessEmpty("StartInterval", health.startIntervalNanos())
                .unlessEmpty("Retries", health.retries());
    }

    /** Go's sets: names with empty objects. */
    static Map<String, Map<String, String>> set(Collection<String> names) {
        var set = new LinkedHashMap<String, Map<String, String>>();
        names.forEach(name -> set.put(name, Map.of()));
        return set;
    }

    private static Doc network(ContainerView view) {
        ContainerView.EndpointView main = view.connected().endpoints().getOrDefault("bridge", NOT_CONNECTED);
        return new Doc()
                .with("Bridge", "")
                .with("SandboxID", view.connected().endpoints().isEmpty() ? "" : view.id())
                .with("SandboxKey", view.connected().sandboxKey())
                .with("Ports", portMap(view))
                .with("HairpinMode", false)
                .with("LinkLocalIPv6Address", "")
                .with("LinkLocalIPv6PrefixLen", 0)
                .with("SecondaryIPAddresses", null)
                .with("SecondaryIPv6Addresses", null)
                .with("EndpointID", main.id())
                .with("Gateway", main.gateway())
                .with("GlobalIPv6Address", main.address6())
                .with("GlobalIPv6PrefixLen", main.bits6())
                .with("IPAddress", main.address())
                .with("IPPrefixLen", main.bits())
                .with("IPv6Gateway", main.gateway6())
                .with("MacAddress", main.mac())
                .with("Networks", networks(view));
    }

    private static final ContainerView.EndpointView NOT_CONNECTED =
            new ContainerView.EndpointView("", "", "", "", "", 0, "", "", 0, List.of());

    private static Doc portMap(ContainerView view) {
        var ports = new Doc();
        if (view.state().live() && hasPorts(view.spec().network())) {
            view.spec().network().exposedPorts().forEach(port -> ports.with(port, null));
            var bindings = new LinkedHashMap<String, List<Doc>>();
            for (ContainerView.PublishedPort port : view.connected().ports()) {
                bindings.computeIfAbsent(port.containerPort(), _ -> new ArrayList<>())
                        .add(new Doc()
                                .with("HostIp", hostIp(port))
                                .with("HostPort", port.hostPort() == 0 ? "" : Integer.toString(port.hostPort())));
            }
            bindings.forEach(ports::with);
        }
        return ports;
    }

    private static Doc networks(ContainerView view) {
        NetworkSpec network = view.spec().network();
        var document = new Doc();
        network.endpoints()
                .forEach((name, asked) -> document.with(
                        name, endpoint(asked, view.connected().endpoints().getOrDefault(name, NOT_CONNECTED))));
        return document;
    }

    private static Doc endpoint(NetworkSpec.Endpoint asked, ContainerView.EndpointView now) {
        boolean fixed = !asked.ipv4Address().isEmpty()
                || !asked.ipv6Address().isEmpty()
                || !asked.linkLocalAddresses().isEmpty();
        var ipam = new Doc()
                .unlessEmpty("IPv4Address", asked.ipv4Address())
                .unlessEmpty("IPv6Address", asked.ipv6Address())
                .unlessEmpty("LinkLocalIPs", asked.linkLocalAddresses());
        return new Doc()
                .with("IPAMConfig", fixed ? ipam : null)
                .with("Links", asked.links().isEmpty() ? null : asked.links())
                .with("Aliases", asked.aliases().isEmpty() ? null : asked.aliases())
                .with("MacAddress", now.mac().isEmpty() ? asked.macAddress() : now.mac())
                .with("DriverOpts", asked.driverOptions().isEmpty() ? null : asked.driverOptions())
                .with("GwPriority", asked.gatewayPriority())
                .with("NetworkID", asked.networkId())
                .with("EndpointID", now.id())
                .with("Gateway", now.gateway())
                .with("IPAddress", now.address())
                .with("IPPrefixLen", now.bits())
                .with("IPv6Gateway", now.gateway6())
                .with("GlobalIPv6Address", now.address6())
                .with("GlobalIPv6PrefixLen", now.bits6())
                .with("DNSNames", now.names().isEmpty() ? null : now.names());
    }

    /** Rows of {@code docker ps}: what is published, then what is only exposed. */
    private static List<Doc> ports(ContainerView view) {
        NetworkSpec network = view.spec().network();
        if (!view.state().live() || !hasPorts(network)) {
            return List.of();
        }
        var rows = new ArrayList<Doc>();
        var published = new HashSet<String>();
        for (ContainerView.PublishedPort port : view.connected().ports()) {
            published.add(port.containerPort());
            String[] parts = port.containerPort().split("/", 2);
            rows.add(new Doc()
                    .with("IP", hostIp(port))
                    .with("PrivatePort", portNumber(parts[0]))
                    .unlessEmpty("PublicPort", port.hostPort())
                    .with("Type", parts[1]));
        }
        for (String port : network.exposedPorts()) {
            String[] parts = port.split("/", 2);
            if (!published.contains(port)) {
                rows.add(new Doc()
                        .with("PrivatePort", portNumber(parts[0]))
                        .with("Type", parts.length == 2 ? parts[1] : "tcp"));
            }
        }
        return rows;
    }

    /** Java writes every zero of an address; Docker does not. */
    private static String hostIp(ContainerView.PublishedPort port) {
        return port.hostIp().equals("0:0:0:0:0:0:0:0") ? "::" : port.hostIp();
    }

    /** Without a network of its own, or with another's, a container has no ports to show. */
    private static boolean hasPorts(NetworkSpec network) {
        String mode = network.mode();
        return !mode.equals("none") && !mode.equals("host") && !mode.startsWith("container:");
    }

    private static int portNumber(String text) {
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
