package dev.priok.engine;

import dev.priok.content.ContentStore;
import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.distribution.Registries;
import dev.priok.distribution.RegistryAccess;
import dev.priok.engine.Containers.RemoveOptions;
import dev.priok.engine.fakes.FakeCgroups;
import dev.priok.engine.fakes.FakeImages;
import dev.priok.engine.fakes.FakePump;
import dev.priok.engine.fakes.FakeRuntime;
import dev.priok.engine.fakes.FakeSnapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** An engine over fakes that outlive it, so that it can be opened again on what it left. */
final class EngineHarness implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    final FakeRuntime runtime = new FakeRuntime();
    final FakeCgroups cgroups = new FakeCgroups();
    final Path folder;
    final FakeSnapshotter snapshotter;
    private final Instant begin = Instant.now();
    private Database database;
    private Engine engine;

    EngineHarness(Path folder) throws IOException {
        this.folder = folder;
        this.snapshotter = new FakeSnapshotter(folder.resolve("snapshots"));
        open();
    }

    void open() throws IOException {
        open(_ -> {});
    }

    /** Opens it on what {@code before} makes of the database. */
    void open(Consumer<Database> before) throws IOException {
        database = Database.open(folder.resolve("engine.db"));
        before.accept(database);
        engine = Engine.open(
                EngineConfig.of(folder.resolve("data"), folder.resolve("run")),
                new EngineParts(
                        database,
                        snapshotter,
                        ContentStore.open(folder.resolve("content"), new Leases()),
                        new FakeImages(),
                        Registries.open(RegistryAccess.DEFAULT),
                        new Leases(),
                        runtime,
                        cgroups,
                        new FakePump(),
                        Optional.empty(),
                        SeccompProfiles.none(),
                        InstantSource.system(),
                        RandomGenerator.getDefault()));
    }

    Database database() {
        return database;
    }

    Engine engine() {
        return engine;
    }

    Containers containers() {
        return engine.containers();
    }

    String create(ContainerSpec spec) {
        return containers().create(spec, Optional.empty()).id();
    }

    String start(ContainerSpec spec) {
        String id = create(spec);
        containers().start(id);
        return id;
    }

    ContainerState state(String id) {
        return containers().inspect(id, false).state();
    }

    void awaitStatus(String id, ContainerState.Status status) {
        await(() -> state(id).status() == status);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain");
            }
            Thread.onSpinWait();
        }
    }

    boolean exists(String id) {
        try {
            containers().inspect(id, false);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    /** What happened to a container since the engine was opened. */
    List<String> actions(String id) throws Exception {
        List<String> actions = new ArrayList<>();
        try (Cursor<Event> events =
                engine.events().subscribe(begin, Instant.now(), new Filters(Map.of("container", List.of(id))))) {
            for (Event event = events.next(); event != null; event = events.next()) {
                actions.add(event.action());
            }
        }
        return actions;
    }

    /** Everything that happened since the engine was opened, with the kind of object. */
    List<String> allActions() {
        List<String> actions = new ArrayList<>();
        try (Cursor<Event> events = engine.events().subscribe(begin, Instant.now(), Filters.NONE)) {
            for (Event event = events.next(); event != null; event = events.next()) {
                actions.add(event.type() + " " + event.action());
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return actions;
    }

    void remove(String id) {
        containers().remove(id, new RemoveOptions(true, true, false));
    }

    /** Makes every write of a container's state fail, as on a full disk, or lets them succeed again. */
    void refuseWrites(boolean refuse) {
        database.transact(tx -> tx.update(
                refuse
                        ? "CREATE TRIGGER full BEFORE UPDATE ON engine_container"
                                + " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
                        : "DROP TRIGGER full"));
    }

    /** As when the daemon stops. */
    void shutDown() {
        engine.close();
        database.close();
    }

    @Override
    public void close() {
        shutDown();
    }
}
