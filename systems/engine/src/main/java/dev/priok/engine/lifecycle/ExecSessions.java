package dev.priok.engine.lifecycle;

import dev.priok.cgroup.CgroupPlacement;
import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Execs.ExecView;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.Environment;
import dev.priok.engine.spec.OciSpecs;
import dev.priok.engine.spec.SecurityOptions;
import dev.priok.engine.state.StateJson;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartException;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Further processes in running containers. */
public final class ExecSessions {
    private static final Logger LOG = LoggerFactory.getLogger(ExecSessions.class);

    /** How long a session that ended can still be inspected; Docker's collector runs every five minutes. */
    private static final Duration KEPT = Duration.ofMinutes(5);

    /** In the folder of a session that was started: what an engine that comes later needs to know of it. */
    private static final String RECORD = "session.json";

    private record Kept(String container, ExecSpec spec) {}

    private final Machine machine;
    private final Registry registry;
    private final RootAccess roots;
    private final Blueprint blueprint;
    private final Map<String, ExecSession> sessions = new ConcurrentHashMap<>();

    ExecSessions(Machine machine, Registry registry, RootAccess roots, Blueprint blueprint) {
        this.machine = machine;
        this.registry = registry;
        this.roots = roots;
        this.blueprint = blueprint;
    }

    /** Makes a session after all that can be checked was checked. */
    public String create(String ref, ExecSpec spec) {
        Container container = registry.get(ref);
        requireRunning(container);
        if (spec.cmd().isEmpty()) {
            throw Failure.invalid("No exec command specified");
        }
        for (String entry : spec.env()) {
            if (entry.isEmpty() || entry.startsWith("=")) {
                throw Failure.invalid("invalid environment variable: %s", entry);
            }
        }
        if (!spec.user().isEmpty()) {
            identity(container, spec);
        }
        ExecSession session = make(container, spec);
        publish(session, "exec_create: " + String.join(" ", spec.cmd()));
        return session.id();
    }

    ExecSession make(Container container, ExecSpec spec) {
        forgetOld();
        ExecSession session =
                new ExecSession(ObjectId.random(machine.parts().random()).hex(), container, spec);
        add(session);
        return session;
    }

    private static void requireRunning(Container container) {
        if (container.state().restarting()) {
            throw Failure.conflict("container %s is restarting, wait until the container is running", container.id());
        }
        if (container.state().paused()) {
            throw Failure.conflict("container %s is paused, unpause the container before exec", container.id());
        }
        if (!container.state().live()) {
            throw container.notRunning();
        }
    }

    ExecSession get(String id) {
        ExecSession session = sessions.get(id);
        if (session == null) {
            throw Failure.notFound("No such exec instance: %s", id);
        }
        return session;
    }

    /** Takes the start of a session; it must be followed by {@link #launch}. */
    ExecSession take(String id) {
        ExecSession session = get(id);
        requireRunning(session.container);
        if (!session.takeStart()) {
            throw Failure.conflict(
                    session.running() ? "exec session %s is already running" : "exec session %s has already run", id);
        }
        return session;
    }

    /** What users see of a session. */
    public ExecView view(String id) {
        return get(id).view();
    }

    /** Starts a session that nobody reads; returns when its program was executed. */
    public void startDetached(String id) {
        ExecSession session = take(id);
        try {
            launch(session, 0, 0);
        } catch (IOException e) {
            throw Starter.failure(e);
        }
    }

    /** Changes the size of a session's terminal. */
    public void resize(String id, int height, int width) {
        ExecSession session = get(id);
        if (!session.running()) {
            throw Failure.conflict("exec session %s is not running", id);
        }
        try {
            boolean _ = session.input.resize(height, width);
        } catch (IOException e) {
            throw Failure.internal(e, "cannot resize exec session %s: %s", id, Cause.text(e));
        }
    }

    /** Starts it; returns when its program was executed. */
    void launch(ExecSession session, int height, int width) throws IOException {
        Path state = machine.config().runRoot().resolve("execs").resolve(session.id());
        try {
            publish(session, "exec_start: " + String.join(" ", session.spec().cmd()));
            start(session, state, height, width);
        } catch (IOException | RuntimeException e) {
            end(session, state, Starter.exitCode(e), machine.now());
            throw e;
        }
    }

    private void start(ExecSession session, Path state, int height, int width) throws IOException {
        Container container = session.container;
        Run run = container.run;
        if (run == null) {
            throw container.notRunning();
        }
        Files.createDirectories(state);
        Files.writeString(state.resolve(RECORD), StateJson.write(new Kept(container.id(), session.spec())));
        ProcessSpec process = process(container, session.spec());
        RuntimeProcess started;
        try (CgroupPlacement placement =
                run.cgroup.isPresent() ? run.cgroup.get().placement() : null) {
            started = machine.parts()
                    .runtime()
                    .exec(new ExecRequest(
                            session.id(),
                            run.process,
                            process,
                            stdio(session.spec(), height, width),
                            placement == null
                                    ? CgroupJoin.NONE
                                    : new CgroupJoin(placement.tasksFiles(), placement.v2Directory(), Optional.empty()),
                            machine.parts()
                                    .seccomp()
                                    .compile(
                                            SecurityOptions.parse(container
                                                            .definition()
                                                            .spec()
                                                            .security())
                                                    .seccomp(),
                                            process.capabilities() == null
                                                    ? List.of()
                                                    : process.capabilities().bounding()),
                            state));
        }
        follow(session, started, state);
    }

    private void follow(ExecSession session, RuntimeProcess started, Path state) throws IOException {
        OutputPump.Pumped pumped;
        try {
            session.input.open(started);
            pumped = machine.parts()
                    .pump()
                    .add(new Output(
                            "exec " + session.id().substring(0, 12),
                            Starter.sources(started),
                            Optional.empty(),
                            LogDrivers.none(),
                            session.fanout));
        } catch (IOException | RuntimeException e) {
            session.input.close();
            // The caller need not wait for the end of what it will never see.
            machine.run(() -> {
                var _ = ProcessEnd.force(started);
            });
            throw e;
        }
        session.started(started);
        started.exit()
                .whenCompleteAsync(
                        (status, _) -> ended(session, started, pumped, state, Optional.ofNullable(status)),
                        machine.background());
    }

    /**
     * Takes back the sessions that the engine before has started: they can be inspected and their ends are told. Their clients are
     * gone, so what they write is read away.
     */
    void takeOver() {
        for (Path folder : Remover.children(machine.config().runRoot().resolve("execs"))) {
            try {
                takeOver(folder);
            } catch (IOException | RuntimeException e) {
                LOG.warn("exec session {} cannot be taken over", folder.getFileName(), e);
            }
        }
    }

    private void takeOver(Path folder) throws IOException {
        Optional<ExecSession> known = recorded(folder);
        switch (machine.parts().runtime().reattach(folder)) {
            case Reattached.Supervised supervised -> {
                if (known.isPresent()) {
                    add(known.get());
                    follow(known.get(), supervised.process(), folder);
                } else {
                    // Its container is gone from the database: so goes the process.
                    Optional<ExitStatus> _ = ProcessEnd.force(supervised.process());
                    Folders.delete(folder);
                }
            }
            case Reattached.Ended gone -> {
                if (known.isPresent()) {
                    add(known.get());
                    end(
                            known.get(),
                            folder,
                            gone.status().map(ExitStatus::code).orElse(Lifecycle.UNKNOWN_EXIT),
                            gone.status().map(ExitStatus::at).orElseGet(machine::now));
                } else {
                    Folders.delete(folder);
                }
            }
        }
    }

    private Optional<ExecSession> recorded(Path folder) throws IOException {
        Path record = folder.resolve(RECORD);
        if (Files.notExists(record)) {
            return Optional.empty();
        }
        Kept kept = StateJson.read(Files.readString(record), Kept.class);
        return registry.all().stream()
                .filter(container -> container.id().equals(kept.container()))
                .findFirst()
                .map(container -> new ExecSession(String.valueOf(folder.getFileName()), container, kept.spec()));
    }

    private void add(ExecSession session) {
        sessions.put(session.id(), session);
        session.container.execs.put(session.id(), session);
    }

    private static Stdio stdio(ExecSpec spec, int height, int width) {
        boolean sized = height > 0 && width > 0;
        return spec.tty()
                ? new Stdio.Terminal(
                        Starter.size(sized ? height : spec.consoleHeight(), sized ? width : spec.consoleWidth()),
                        Stdio.Journals.NONE,
                        true)
                : new Stdio.Pipes(spec.attachStdin(), Stdio.Journals.NONE, true);
    }

    private ProcessSpec process(Container container, ExecSpec exec) throws IOException {
        ContainerSpec spec = container.definition().spec();
        Accounts.Identity identity = identity(container, exec);
        List<String> env = Environment.of(
                blueprint.hostname(container),
                exec.tty(),
                blueprint.links().variables(container),
                spec.process().env(),
                identity.home());
        String own = spec.process().workingDir();
        return ProcessSpec.of(exec.cmd(), Environment.replaceOrAppend(env, exec.env()))
                .withTerminal(exec.tty(), null)
                .withUser(new ProcessSpec.User(identity.uid(), identity.gid(), null, identity.additionalGids()))
                .withCwd(exec.workingDir().isEmpty() ? (own.isEmpty() ? "/" : own) : exec.workingDir())
                .withCapabilities(OciSpecs.capabilities(
                        spec,
                        machine.host().capabilities(),
                        identity.uid(),
                        exec.privileged() || spec.security().privileged()))
                .withNoNewPrivileges(SecurityOptions.parse(spec.security()).noNewPrivileges())
                .withOomScoreAdj(spec.host().oomScoreAdj());
    }

    private Accounts.Identity identity(Container container, ExecSpec exec) {
        ContainerSpec spec = container.definition().spec();
        try {
            String user = exec.user().isEmpty() ? spec.process().user() : exec.user();
            return roots.accounts(container)
                    .resolve(user, exec.user().isEmpty() ? spec.process().groupAdd() : List.of());
        } catch (IOException e) {
            throw Failure.internal(e, "reading the users of container %s: %s", container.id(), Cause.text(e));
        }
    }

    private void ended(
            ExecSession session,
            RuntimeProcess process,
            OutputPump.Pumped pumped,
            Path state,
            Optional<ExitStatus> status) {
        OutputEnd.await(pumped, session.id());
        session.input.close();
        try {
            process.drained();
        } catch (IOException e) {
            LOG.warn("the monitor of exec session {} could not be dismissed", session.id(), e);
        }
        end(
                session,
                state,
                status.map(ExitStatus::code).orElse(Lifecycle.UNKNOWN_EXIT),
                status.map(ExitStatus::at).orElseGet(machine::now));
    }

    private void end(ExecSession session, Path state, int code, Instant at) {
        session.ended(code, at);
        session.fanout.end();
        publish(session, "exec_die", "exitCode", Integer.toString(code));
        session.exited.complete(code);
        try {
            Folders.delete(state);
        } catch (IOException e) {
            LOG.warn("files of exec session {} stay behind", session.id(), e);
        }
    }

    void publish(ExecSession session, String action, String... more) {
        Map<String, String> attributes = session.container.attributes(more);
        attributes.put("execID", session.id());
        machine.publish("container", action, session.container.id(), attributes);
    }

    void detached(ExecSession session) {
        publish(session, "exec_detach");
    }

    /** What a client reads when its process could not be started. */
    static String startError(Exception cause) {
        return cause instanceof StartException e
                ? Cause.text(e)
                : Starter.failure(cause).message();
    }

    /** The container is gone, and its sessions with it. */
    void forget(Container container) {
        container.execs.keySet().forEach(sessions::remove);
        container.execs.clear();
    }

    private void forgetOld() {
        Instant limit = machine.now().minus(KEPT);
        sessions.values().removeIf(session -> {
            Instant ended = session.shown().endedAt();
            boolean old = ended != null && ended.isBefore(limit);
            if (old) {
                session.container.execs.remove(session.id());
            }
            return old;
        });
    }
}
