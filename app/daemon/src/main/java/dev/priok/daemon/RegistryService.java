package dev.priok.daemon;

import dev.priok.content.ContentStore;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.registry.Catalog;
import dev.priok.registry.GarbageCollection;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistrySettings;
import dev.priok.registry.RegistryStorage;
import dev.priok.registry.Retention;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.ApiKeys;
import dev.priok.registry.access.LoginGuard;
import dev.priok.registry.access.Passwords;
import dev.priok.registry.access.Tokens;
import dev.priok.registryserver.RegistryServer;
import dev.priok.registryserver.ServedRegistry;
import dev.priok.registryserver.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a running registry, joined: alone, or over the blobs of a daemon. */
final class RegistryService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryService.class);
    private static final int DEFAULT_PORT = 5000;
    private static final double DEFAULT_COLLECT_MINUTES = 60;
    private static final double DEFAULT_GRACE_MINUTES = 60;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Registry registry;
    private final InetSocketAddress address;

    /** How blobs that nothing links are collected. */
    @FunctionalInterface
    interface Sweep {
        /** Removes them; blobs that the registry links must stay. */
        void run() throws IOException;
    }

    private RegistryService(
            RegistryConfig config, Path folder, ContentStore content, Leases leases, Optional<Sweep> shared)
            throws IOException {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        boolean opened = false;
        try {
            Database database = Database.open(Files.createDirectories(folder).resolve("registry.db"));
            parts.push(database);
            Catalog catalog = Catalog.open(database, clock);
            RegistryStorage storage = RegistryStorage.open(content, folder.resolve("uploads"), leases);
            registry = new Registry(catalog, storage, settings(config), clock, random);
            parts.push(registry);
            AccessControl access = access(config, folder, database, clock, random);
            RegistryCare care = new RegistryCare(config, folder, database, registry, clock);
            parts.push(care);
            Sweep sweep = shared.orElse(() -> content.sweep(registry::liveBlobs));
            var retention = new Retention(catalog, care.rules(), clock);
            var collection = new GarbageCollection(
                    registry, sweep::run, clock, Boolean.TRUE.equals(config.removeUntagged()), retention);
            double minutes = config.collectMinutes() == null ? DEFAULT_COLLECT_MINUTES : config.collectMinutes();
            if (minutes > 0) {
                parts.push(collection.every(minutes(minutes)));
            }
            RegistryServer server = RegistryServer.start(
                    listen(config),
                    new ServedRegistry(
                            registry,
                            access,
                            shared.isPresent(),
                            care.copies(),
                            care.limits(),
                            care.audit(),
                            care.webhooks(),
                            retention,
                            Optional.of(collection),
                            Optional.of(care.scrub())));
            parts.push(server);
            address = server.address();
            LOG.info("registry listens on {}", address);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** A registry of its own, which the folder belongs to. */
    static RegistryService alone(RegistryConfig config) throws IOException {
        Path folder = Path.of(config.data() == null ? "/var/lib/priok-registry" : config.data())
                .toAbsolutePath();
        RootLock lock = RootLock.take(folder);
        System.setProperty(
                "org.sqlite.tmpdir",
                Files.createDirectories(folder.resolve("native")).toString());
        Leases leases = new Leases();
        ContentStore content = ContentStore.open(folder.resolve("content"), leases);
        var service = new RegistryService(config, folder, content, leases, Optional.empty());
        service.parts.addLast(content);
        service.parts.addLast(lock);
        return service;
    }

    /** A registry over the blobs of the daemon. */
    static RegistryService inside(RegistryConfig config, Path folder, ContentStore content, Leases leases, Sweep sweep)
            throws IOException {
        return new RegistryService(config, folder, content, leases, Optional.of(sweep));
    }

    Registry registry() {
        return registry;
    }

    InetSocketAddress address() {
        return address;
    }

    private static Duration minutes(double minutes) {
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    private static RegistrySettings settings(RegistryConfig config) {
        RegistrySettings usual = RegistrySettings.DEFAULT;
        double grace = config.graceMinutes() == null ? DEFAULT_GRACE_MINUTES : config.graceMinutes();
        return new RegistrySettings(
                usual.maximumBlobBytes(),
                usual.maximumManifestBytes(),
                usual.incompleteManifests(),
                !Boolean.FALSE.equals(config.deletion()),
                usual.uploadExpiry(),
                minutes(grace),
                usual.cacheBytes());
    }

    private static AccessControl access(
            RegistryConfig config, Path folder, Database database, InstantSource clock, SecureRandom random)
            throws IOException {
        Optional<Passwords> passwords = config.htpasswd() == null
                ? Optional.empty()
                : Optional.of(new Passwords(Path.of(config.htpasswd()), clock, random));
        Optional<Tokens> tokens = Boolean.TRUE.equals(config.token())
                ? Optional.of(Tokens.open(
                        folder.resolve("token-key.json"),
                        config.service() == null ? "priok-registry" : config.service(),
                        clock))
                : Optional.empty();
        boolean certificates = config.tls() != null && config.tls().clientAuthorities() != null;
        return new AccessControl(
                config.policy(),
                passwords,
                passwords.isPresent() || certificates
                        ? Optional.of(new ApiKeys(database, clock, random))
                        : Optional.empty(),
                tokens,
                certificates,
                config::groupsOf,
                new LoginGuard(clock));
    }

    private static ServerSettings listen(RegistryConfig config) throws IOException {
        String text = config.listen() == null ? "127.0.0.1:" + DEFAULT_PORT : config.listen();
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        int port;
        try {
            port = colon < 0 ? DEFAULT_PORT : Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "no address to listen on: " + text + ": want ADDRESS:PORT", e);
        }
        if (host.isEmpty()) {
            host = "0.0.0.0";
        }
        boolean open = config.htpasswd() == null && config.anonymous() == null && config.policies() == null;
        if (open && !InetAddress.getByName(host).isLoopbackAddress()) {
            throw Failure.invalid(
                    "%s: everybody who reaches this address could push; give --htpasswd, or say --anonymous pull or push",
                    text);
        }
        RegistryConfig.Tls tls = config.tls();
        return new ServerSettings(
                host,
                port,
                tls == null
                        ? Optional.empty()
                        : Optional.of(new ServerSettings.Tls(
                                Path.of(tls.certificate()),
                                Path.of(tls.key()),
                                Optional.ofNullable(tls.clientAuthorities()).map(Path::of),
                                Boolean.TRUE.equals(tls.clientsRequired()))));
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
