package dev.priok.it;

import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.content.ContentStore;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.distribution.Registries;
import dev.priok.distribution.RegistryAccess;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Containers;
import dev.priok.engine.Containers.LogLine;
import dev.priok.engine.Containers.LogQuery;
import dev.priok.engine.Cursor;
import dev.priok.engine.Engine;
import dev.priok.engine.EngineConfig;
import dev.priok.engine.EngineParts;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Filters;
import dev.priok.engine.OutputSink;
import dev.priok.engine.SeccompProfiles;
import dev.priok.engine.Session;
import dev.priok.linux.seccomp.DefaultProfile;
import dev.priok.logs.OutputPump;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.SeccompFilter;
import dev.priok.snapshot.Snapshotter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** An engine with real parts in a scratch folder; it can be closed and opened again like a daemon that restarts. */
final class EngineBox implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Path folder;
    private final String cgroupParent;
    private final Leases leases = new Leases();
    private final CgroupHierarchy cgroups;
    private Database database;
    private Snapshotter snapshotter;
    private ContainerRuntime runtime;
    private OutputPump pump;
    private Engine engine;

    EngineBox(Path folder) throws IOException {
        this.folder = folder;
        this.cgroupParent = "/priok-it-" + ProcessHandle.current().pid();
        this.cgroups = CgroupHierarchy.detect();
        open();
    }

    void open() throws IOException {
        InstantSource clock = InstantSource.system();
        database = Database.open(folder.resolve("priok.db"));
        snapshotter = Snapshotter.overlay(folder.resolve("snapshots"), database, leases);
        runtime = ContainerRuntime.open(folder.resolve("runtime"), clock);
        pump = OutputPump.start(clock);
        engine = Engine.open(
                EngineConfig.of(folder.resolve("data"), folder.resolve("run")).withCgroupParent(cgroupParent),
                new EngineParts(
                        database,
                        snapshotter,
                        ContentStore.open(folder.resolve("content"), leases),
                        new OneImage(snapshotter, leases),
                        Registries.open(RegistryAccess.DEFAULT),
                        leases,
                        runtime,
                        cgroups,
                        pump,
                        java.util.Optional.empty(),
                        seccomp(),
                        clock,
                        RandomGenerator.getDefault()));
    }

    private static SeccompProfiles seccomp() {
        return (profile, capabilities) -> profile.equals("unconfined")
                ? Optional.empty()
                : Optional.of(SeccompFilter.of(DefaultProfile.compiled(Set.copyOf(capabilities)), 0));
    }

    /** Closes the engine and its parts, and leaves containers running. */
    void shutDown() throws IOException {
        engine.close();
        pump.close();
        runtime.close();
        snapshotter.close();
        database.close();
    }

    Engine engine() {
        return engine;
    }

    Containers containers() {
        return engine.containers();
    }

    /** What a run gave. */
    record Outcome(int code, String output) {}

    /** Creates, starts, waits, reads the log; the container stays. */
    Outcome run(ContainerSpec spec) throws Exception {
        String id = start(spec);
        int code = await(id);
        return new Outcome(code, log(id));
    }

    Outcome sh(String command) throws Exception {
        return run(ContainerSpec.of("busybox", "sh", "-c", command));
    }

    String start(ContainerSpec spec) {
        String id = containers().create(spec, Optional.empty()).id();
        containers().start(id);
        return id;
    }

    int await(String id) throws Exception {
        return containers()
                .wait(id, Containers.WaitCondition.NOT_RUNNING)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exitCode();
    }

    String log(String id) throws Exception {
        StringBuilder text = new StringBuilder();
        try (Cursor<LogLine> lines = containers().logs(id, new LogQuery(true, true, false, null, null, -1))) {
            for (LogLine line = lines.next(); line != null; line = lines.next()) {
                text.append(new String(line.bytes(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    Outcome exec(String id, ExecSpec spec, String input) throws Exception {
        String exec = engine.execs().create(id, spec);
        try (Session session = engine.execs().start(exec, 0, 0)) {
            Collector out = new Collector();
            session.connect(out);
            byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
            session.write(bytes, 0, bytes.length);
            session.closeInput();
            session.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (engine.execs().inspect(exec).exitCode() == null && System.nanoTime() < deadline) {
                Thread.sleep(1);
            }
            return new Outcome(engine.execs().inspect(exec).exitCode(), out.text());
        }
    }

    /** Gathers what is written. */
    static final class Collector implements OutputSink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(Channel channel, byte[] buffer, int offset, int length) {
            bytes.write(buffer, offset, length);
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        for (ContainerView view : containers().list(new Containers.ListQuery(true, 0, false, Filters.NONE))) {
            containers().remove(view.id(), new Containers.RemoveOptions(true, true, false));
        }
        shutDown();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                cgroups.removeIfEmpty(cgroupParent);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
