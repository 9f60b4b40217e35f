package dev.priok.daemon;

import dev.priok.api.ApiVersion;
import dev.priok.build.Builder;
import dev.priok.build.BuilderParts;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.content.ContentStore;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.distribution.Registries;
import dev.priok.engine.Engine;
import dev.priok.engine.EngineConfig;
import dev.priok.engine.EngineParts;
import dev.priok.engine.LoggingSpec;
import dev.priok.image.ImageStore;
import dev.priok.image.Roots;
import dev.priok.logs.OutputPump;
import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import dev.priok.registry.Catalog;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.server.ApiServer;
import dev.priok.server.Listener;
import dev.priok.server.ServerConfig;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a running daemon, joined; closing it leaves containers running. */
final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** Namespaces that wait for containers; one takes a millisecond to make. */
    private static final int READY_SANDBOXES = 8;

    private static final int DEFAULT_PORT = 2375;
    private static final int DEFAULT_TLS_PORT = 2376;

    /** What is closed at the end, in reverse. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private Daemon() {}

    /** Opens everything and listens; returns when clients can connect. */
    static Daemon start(DaemonConfig config, String version) throws IOException {
        Daemon daemon = new Daemon();
        boolean started = false;
        try {
            daemon.open(config, version);
            started = true;
            return daemon;
        } finally {
            if (!started) {
                daemon.close();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    private void open(DaemonConfig config, String version) throws IOException {
        List<Listener> listeners = listeners(config);
        keep(RootLock.take(config.dataRoot()));
        if (config.pidFile().isPresent()) {
            keep(PidFile.write(config.pidFile().get()));
        }
        Files.createDirectories(config.execRoot());
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        Leases leases = new Leases();
        // SQLite unpacks its native library; in /tmp each kill -9 would leave one behind, here the next start removes
        // it.
        System.setProperty(
                "org.sqlite.tmpdir",
                Files.createDirectories(config.dataRoot().resolve("native")).toString());
        Database database = keep(Database.open(config.dataRoot().resolve("priok.db")));
        ContentStore content = keep(ContentStore.open(config.dataRoot().resolve("content"), leases));
        Snapshotter snapshots = keep(Snapshotter.overlay(config.dataRoot().resolve("snapshots"), database, leases));
        ImageStore images = ImageStore.open(database, content, snapshots, leases, clock);
        Registries registries = keep(Registries.open(config.registries()
                .withUserAgent("docker/%s os/linux arch/%s"
                        .formatted(
                                ApiVersion.dockerRelease(version),
                                Platform.current().architecture()))));
        ContainerRuntime runtime = keep(ContainerRuntime.open(config.execRoot().resolve("runtime"), clock));
        OutputPump pump = keep(OutputPump.start(clock));
        CgroupHierarchy cgroups = CgroupHierarchy.detect();
        if (cgroups.open(config.cgroupParent()).isEmpty()) {
            // What this daemon makes it takes away, if no container is left in it.
            keep((AutoCloseable) () -> cgroups.removeIfEmpty(config.cgroupParent()));
        }
        Wiring wiring = keep(Wiring.ofHost(new WiringConfig(
                config.network().table(),
                READY_SANDBOXES,
                config.network().forwarding(),
                config.network().relay())));
        Engine engine = keep(Engine.open(
                engineConfig(config, version),
                new EngineParts(
                        database,
                        snapshots,
                        content,
                        images,
                        registries,
                        leases,
                        runtime,
                        cgroups,
                        pump,
                        Optional.of(wiring),
                        new SeccompFilters(),
                        clock,
                        random)));
        Builder builder = Builder.open(new BuilderParts(
                images,
                Optional.of(engine.imageSource()),
                snapshots,
                content,
                Optional.of(registries),
                leases,
                database,
                new BuildExecutor(engine.jobs()),
                config.dataRoot().resolve("build"),
                0,
                engine::imageBuilt,
                clock,
                random));
        if (config.registry().isPresent()) {
            RegistryService registry = keep(RegistryService.inside(
                    config.registry().get(), config.dataRoot().resolve("registry"), content, leases, images::collect));
            images.addRoots(() -> new Roots(registry.registry().liveBlobs(), Set.of()));
        } else {
            spareBlobsOfARegistry(config, images);
        }
        Thread.ofVirtual().name("collect").start(() -> collect(images));
        keep(ApiServer.start(
                new ServerConfig(listeners, version, config.shutdownTimeout(), metrics(config)),
                engine,
                builder,
                clock));
    }

    /** A registry that was served before keeps its blobs while it is not. */
    private void spareBlobsOfARegistry(DaemonConfig config, ImageStore images) throws IOException {
        Path file = config.dataRoot().resolve("registry").resolve("registry.db");
        if (Files.exists(file)) {
            Catalog catalog = Catalog.open(keep(Database.open(file)), InstantSource.system());
            images.addRoots(() -> new Roots(catalog.linked(), Set.of()));
        }
    }

    /** Gives back what a killed daemon had begun and nothing names; all who name layers have told the store of it by now. */
    private static void collect(ImageStore images) {
        try {
            images.collect();
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot collect garbage", e);
        }
    }

    private static EngineConfig engineConfig(DaemonConfig config, String version) {
        return new EngineConfig(
                config.dataRoot(),
                config.execRoot(),
                config.cgroupParent(),
                new LoggingSpec(config.logDriver(), config.logOptions()),
                config.containers(),
                config.remap(),
                config.deviceSpecs(),
                config.labels(),
                version,
                config.logLevel().equals("debug"),
                config.network().engine(),
                config.liveRestore() ? Optional.empty() : Optional.of(config.shutdownTimeout()));
    }

    private static List<Listener> listeners(DaemonConfig config) throws IOException {
        Optional<Listener.Tls> tls =
                config.tls().map(t -> new Listener.Tls(t.certificate(), t.key(), t.clientAuthorities()));
        List<Listener> listeners = new ArrayList<>();
        for (String host : config.hosts()) {
            listeners.add(listener(host, config, tls));
        }
        return listeners;
    }

    private static Listener listener(String host, DaemonConfig config, Optional<Listener.Tls> tls) throws IOException {
        if (host.equals(DaemonConfig.INHERITED_HOST)) {
            return new Listener.Inherited();
        }
        return host.startsWith("unix://") ? unix(host.substring("unix://".length()), config) : tcp(host, tls);
    }

    private static Optional<Listener.Tcp> metrics(DaemonConfig config) {
        return config.metricsAddress().map(address -> {
            int colon = address.lastIndexOf(':');
            try {
                int port = Integer.parseInt(address.substring(colon + 1));
                String host = colon <= 0 ? Listener.Tcp.DEFAULT_HOST : address.substring(0, colon);
                return new Listener.Tcp(host.replaceAll("[\\[\\]]", ""), port, Optional.empty());
            } catch (NumberFormatException e) {
                throw new Failure(Failure.Kind.INVALID, "invalid --metrics-addr " + address + ": want address:port", e);
            }
        });
    }

    private static Listener unix(String path, DaemonConfig config) {
        if (!path.startsWith("/")) {
            throw Failure.invalid("invalid bind address format: unix://%s: the path is not absolute", path);
        }
        return new Listener.Unix(Path.of(path), config.group().orElse(Listener.Unix.DEFAULT_GROUP));
    }

    private static Listener tcp(String host, Optional<Listener.Tls> tls) throws IOException {
        URI address;
        try {
            address = URI.create(host);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid bind address format: " + host, e);
        }
        String name = address.getHost() == null ? Listener.Tcp.DEFAULT_HOST : address.getHost();
        boolean clientsAreKnown = tls.flatMap(Listener.Tls::clientAuthority).isPresent();
        if (!clientsAreKnown) {
            if (!InetAddress.getByName(name).isLoopbackAddress()) {
                throw Failure.invalid(
                        "%s: whoever reaches this address would be root on this machine; use --tlsverify with --tlscacert, --tlscert"
                                + " and --tlskey, or listen on 127.0.0.1",
                        host);
            }
            LOG.warn("{} asks for no certificate: every user of this machine who reaches it is root", host);
        }
        int port = address.getPort() >= 0 ? address.getPort() : tls.isPresent() ? DEFAULT_TLS_PORT : DEFAULT_PORT;
        return new Listener.Tcp(name, port, tls);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
