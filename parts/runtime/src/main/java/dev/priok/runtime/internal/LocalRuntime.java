package dev.priok.runtime.internal;

import dev.priok.core.Durations;
import dev.priok.core.Failure;
import dev.priok.core.PhaseTimes;
import dev.priok.init.Launcher;
import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.init.Steps;
import dev.priok.linux.Architecture;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartPhase;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import dev.priok.runtime.UserNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The runtime on this host. */
public final class LocalRuntime implements ContainerRuntime {
    /** A monitor that has nothing left to do ends within a millisecond. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    private static final int SIGKILL = 9;

    private final Launcher launcher;
    private final UserNamespaces userNamespaces;
    private final Watcher watcher;
    private final HostFacts host;
    private final Path emptyFolder;
    private final InstantSource clock;
    private final PhaseTimes<StartPhase> starts = new PhaseTimes<>(StartPhase.class);
    private final PhaseTimes<StartPhase> execs = new PhaseTimes<>(StartPhase.class);

    private LocalRuntime(Launcher launcher, Watcher watcher, HostFacts host, Path emptyFolder, InstantSource clock) {
        this.launcher = launcher;
        this.userNamespaces = new UserNamespaces(launcher);
        this.watcher = watcher;
        this.host = host;
        this.emptyFolder = emptyFolder;
        this.clock = clock;
    }

    /** See {@link ContainerRuntime#open}. */
    public static LocalRuntime open(Path folder, InstantSource clock) throws IOException {
        Path empty = folder.resolve("empty");
        Files.createDirectories(
                empty, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        HostFacts host = HostFacts.read();
        Launcher launcher = Launcher.open();
        try {
            return new LocalRuntime(launcher, new Watcher(), host, empty, clock);
        } catch (IOException e) {
            launcher.close();
            throw e;
        }
    }

    @Override
    public RuntimeProcess start(StartRequest request) throws IOException {
        PhaseTimes<StartPhase>.Watch watch = starts.start();
        ProcessSpec process = Plans.process(request);
        Optional<HookSession> hooks = HookSession.of(launcher, request);
        try (Closeable _ = () -> hooks.ifPresent(HookSession::close);
                Plumbing plumbing = new Plumbing(request.stdio(), request.cgroup(), request.state())) {
            hooks.ifPresent(plumbing::hooks);
            plumbing.join(request.spec().linux().namespaces());
            UserIds ids = userNamespace(request.spec().linux(), plumbing);
            mapOwners(request.spec().mounts(), ids, plumbing);
            StartRequest whole = root(request, ids, plumbing);
            int uid = ids.uid(process.user().uid());
            connect(plumbing, request.stdio(), uid, size -> {
                Optional<MountSpec> devpts = Terminals.devpts(request.spec().mounts());
                return devpts.isPresent()
                        ? Terminals.inNewInstance(devpts.get(), uid, ids, size)
                        : Terminals.ofHost(uid, size);
            });
            watch.ended(StartPhase.PREPARE);
            StartPlan plan = new StartPlan(whole, plumbing.wiring(), host, emptyFolder);
            Steps steps = plan.steps();
            return launch(
                    request.id(),
                    request.state(),
                    plumbing,
                    steps,
                    plan.warnings(),
                    process,
                    hooks,
                    request.patience(),
                    watch);
        }
    }

    /** Makes the user namespace that a configuration wants, or reads the maps of the one that it joins. */
    private UserIds userNamespace(LinuxSpec linux, Plumbing plumbing) throws IOException {
        UserIds wanted = new UserIds(linux.uidMappings(), linux.gidMappings());
        Optional<Fd> joined = plumbing.opened(NamespaceType.USER);
        if (joined.isPresent()) {
            return userNamespaces.idsOf(joined.get());
        }
        if (linux.namespaces().stream().noneMatch(namespace -> namespace.type() == NamespaceType.USER)) {
            if (!wanted.ofHost()) {
                throw Failure.invalid("mappings of ids need a user namespace");
            }
            return wanted;
        }
        plumbing.join(NamespaceType.USER, userNamespaces.make(wanted, false).user());
        return wanted;
    }

    /** Mounts without a mapping of their own have the container's, as the OCI specification says. */
    private void mapOwners(List<MountSpec> mounts, UserIds ofContainer, Plumbing plumbing) throws IOException {
        for (int i = 0; i < mounts.size(); i++) {
            MountSpec mount = mounts.get(i);
            if (MountOptions.parse(mount.options()).idMap().isPresent()) {
                UserIds own = new UserIds(mount.uidMappings(), mount.gidMappings());
                plumbing.owners(i, userNamespaces.forMounts(own.ofHost() ? ofContainer : own));
            }
        }
    }

    /** Mounts the root where that can be done, or has to be, before there is a process; the result has what its mounts take over. */
    private StartRequest root(StartRequest request, UserIds ids, Plumbing plumbing) throws IOException {
        boolean look = CoveredFolders.matter(request.spec().mounts());
        boolean mapped = request.rootfs() instanceof Rootfs.Mounted mounted && mounted.mapped() && !ids.ofHost();
        Optional<OverlayMount> overlay = OverlayMount.of(request.rootfs(), host);
        Fd root;
        if (overlay.isPresent()) {
            root = overlay.get().mount();
        } else if (mapped || look || !ids.ofHost()) {
            Optional<Fd> owners = mapped ? Optional.of(userNamespaces.forMounts(ids)) : Optional.empty();
            root = new MappedRoot(emptyFolder, owners, ids).mount(request.rootfs());
        } else {
            return request;
        }
        plumbing.root(root);
        if (!look) {
            return request;
        }
        CoveredFolders.TakenOver taken =
                new CoveredFolders(root).look(request.spec().mounts());
        for (Map.Entry<Integer, Fd> filled : taken.filled().entrySet()) {
            plumbing.filled(filled.getKey(), filled.getValue());
        }
        return request.withMounts(taken.mounts());
    }

    @Override
    public UserNamespace makeUserNamespace(List<IdMapping> uids, List<IdMapping> gids, boolean network)
            throws IOException {
        UserNamespaces.Made made = userNamespaces.make(new UserIds(uids, gids), network);
        return new UserNamespace(made.user(), made.network());
    }

    @Override
    public RuntimeProcess exec(ExecRequest request) throws IOException {
        if (!(request.target() instanceof MonitoredProcess target)) {
            throw Failure.invalid(
                    "process %s is not of this runtime", request.target().id());
        }
        PhaseTimes<StartPhase>.Watch watch = execs.start();
        ProcessSpec process = request.process();
        Plans.checkTerminal(request.stdio(), process);
        try (Plumbing plumbing = new Plumbing(request.stdio(), request.cgroup(), request.state());
                Fd pidfd = target.pidfd().duplicate()) {
            Set<NamespaceType> namespaces = namespaces(target);
            UserIds ids = namespaces.contains(NamespaceType.USER) ? idsOf(target) : UserIds.OF_HOST;
            int uid = ids.uid(process.user().uid());
            connect(plumbing, request.stdio(), uid, size -> Terminals.ofProcess(target.pid(), uid, size));
            var slot = plumbing.target(pidfd, namespaces.contains(NamespaceType.PID));
            watch.ended(StartPhase.PREPARE);
            ExecPlan plan = new ExecPlan(request, plumbing.wiring(), host, slot, namespaces);
            Steps steps = plan.steps();
            return launch(
                    request.id(),
                    request.state(),
                    plumbing,
                    steps,
                    plan.warnings(),
                    process,
                    Optional.empty(),
                    StartRequest.DEFAULT_PATIENCE,
                    watch);
        }
    }

    private static UserIds idsOf(MonitoredProcess target) throws IOException {
        Path folder = Path.of("/proc", Integer.toString(target.pid()));
        return new UserIds(
                UserIds.ranges(ProcFiles.text(folder.resolve("uid_map"))),
                UserIds.ranges(ProcFiles.text(folder.resolve("gid_map"))));
    }

    private static Set<NamespaceType> namespaces(MonitoredProcess target) throws IOException {
        try {
            return ProcFiles.foreignNamespaces(target.pid());
        } catch (IOException e) {
            // A zombie has no namespaces left.
            throw new Failure(Failure.Kind.CONFLICT, "process " + target.id() + " is not running", e);
        }
    }

    /** Opens a terminal of a given size. */
    private interface TerminalOpener {
        Terminals.Pair open(Optional<TerminalCalls.Size> size) throws IOException;
    }

    private static void connect(Plumbing plumbing, Stdio stdio, int uid, TerminalOpener opener) throws IOException {
        switch (stdio) {
            case Stdio.Pipes pipes -> plumbing.pipes(pipes, uid);
            case Stdio.Terminal terminal -> plumbing.terminal(opener.open(terminal.size()));
        }
    }

    private RuntimeProcess launch(
            String id,
            Path state,
            Plumbing plumbing,
            Steps steps,
            List<String> warnings,
            ProcessSpec process,
            Optional<HookSession> hooks,
            Duration patience,
            PhaseTimes<StartPhase>.Watch watch)
            throws IOException {
        Wiring wiring = plumbing.wiring();
        Program program = Program.of(steps, wiring.report(), Architecture.current());
        watch.ended(StartPhase.PROGRAM);
        // First the record: the monitor, once it exists, notes its own number beside it.
        new MonitorRecord(id, host.bootId(), plumbing.controlPipe(), plumbing.numbers()).write(state);
        int pid = launcher.launch(program, MonitorSteps.NAME + ":" + id, plumbing.inherited());
        Fd monitor = ProcessCalls.host().pidfdOpen(pid);
        watch.ended(StartPhase.SPAWN);
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        MonitoredProcess result = new MonitoredProcess(id, monitor, plumbing.handOver(), warnings, clock);
        try {
            watcher.watch(result);
            if (hooks.isPresent()) {
                hooks.get().before(result, pid);
            }
            Report report = await(result.started(), id, patience, deadlineNanos);
            if (report.kind() == Report.Kind.FAILED) {
                throw StartFailures.explain(program, report, result.notes(), process);
            }
            result.running(report);
            watch.ended(StartPhase.RUN);
            if (hooks.isPresent()) {
                hooks.get().after(result.pid());
            }
            return result;
        } catch (IOException | RuntimeException e) {
            // Without its descriptor a waiting process ends by itself.
            hooks.ifPresent(HookSession::close);
            result.signal(SIGKILL);
            abandon(result);
            throw e;
        }
    }

    /** Ends a process that was not started, or not wholly. */
    private static void abandon(MonitoredProcess process) throws IOException {
        process.command('D');
        process.close();
        try {
            process.ended().get(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            // It hangs in a step; its child dies with it.
            ProcessCalls.host().signal(process.monitor(), SIGKILL);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Report await(CompletableFuture<Report> future, String id, Duration patience, long deadlineNanos)
            throws IOException {
        try {
            return future.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("starting " + id + " took more than " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + id, e);
        }
    }

    @Override
    public Reattached reattach(Path state) throws IOException {
        return new Reattachment(state, host, watcher, clock).find();
    }

    @Override
    public void stopped(Path state) throws IOException {
        HookSession.stopped(launcher, state);
    }

    @Override
    public List<String> stepsOf(StartRequest request) throws IOException {
        Plans.process(request);
        return Plans.print(request, host, emptyFolder);
    }

    @Override
    public Map<StartPhase, Durations> startTimes() {
        return starts.durations();
    }

    @Override
    public Map<StartPhase, Durations> execTimes() {
        return execs.durations();
    }

    @Override
    public void close() {
        watcher.close();
        userNamespaces.close();
        launcher.close();
    }
}
