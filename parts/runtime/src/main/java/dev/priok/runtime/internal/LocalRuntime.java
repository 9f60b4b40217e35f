package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.Launcher;
import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.init.Steps;
import dev.priok.linux.Architecture;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The runtime on this host. */
public final class LocalRuntime implements ContainerRuntime {
    /** Starting takes milliseconds; a mount of a dead network file system is the only known thing that takes longer. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    /** A monitor that has nothing left to do ends within a millisecond. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    private static final int SIGKILL = 9;

    private final Launcher launcher;
    private final Watcher watcher;
    private final HostFacts host;
    private final Path emptyFolder;
    private final InstantSource clock;

    private LocalRuntime(Launcher launcher, Watcher watcher, HostFacts host, Path emptyFolder, InstantSource clock) {
        this.launcher = launcher;
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
        ProcessSpec process = Plans.process(request);
        try (Plumbing plumbing = new Plumbing(request.stdio(), request.cgroup(), request.state())) {
            plumbing.join(request.spec().linux().namespaces());
            Optional<OverlayMount> overlay = OverlayMount.of(request.rootfs(), host);
            if (overlay.isPresent()) {
                plumbing.root(overlay.get().mount());
            }
            connect(plumbing, request.stdio(), process, size -> {
                Optional<MountSpec> devpts = Terminals.devpts(request.spec().mounts());
                return devpts.isPresent()
                        ? Terminals.inNewInstance(devpts.get(), process.user().uid(), size)
                        : Terminals.ofHost(process.user().uid(), size);
            });
            StartPlan plan = new StartPlan(request, plumbing.wiring(), host, emptyFolder);
            Steps steps = plan.steps();
            return launch(request.id(), request.state(), plumbing, steps, plan.warnings(), process);
        }
    }

    @Override
    public RuntimeProcess exec(ExecRequest request) throws IOException {
        if (!(request.target() instanceof MonitoredProcess target)) {
            throw Failure.invalid(
                    "process %s is not of this runtime", request.target().id());
        }
        ProcessSpec process = request.process();
        Plans.checkTerminal(request.stdio(), process);
        try (Plumbing plumbing = new Plumbing(request.stdio(), request.cgroup(), request.state());
                Fd pidfd = target.pidfd().duplicate()) {
            Set<NamespaceType> namespaces = namespaces(target);
            connect(
                    plumbing,
                    request.stdio(),
                    process,
                    size -> Terminals.ofProcess(target.pid(), process.user().uid(), size));
            var slot = plumbing.target(pidfd, namespaces.contains(NamespaceType.PID));
            ExecPlan plan = new ExecPlan(request, plumbing.wiring(), host, slot, namespaces);
            Steps steps = plan.steps();
            return launch(request.id(), request.state(), plumbing, steps, plan.warnings(), process);
        }
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

    private static void connect(Plumbing plumbing, Stdio stdio, ProcessSpec process, TerminalOpener opener)
            throws IOException {
        switch (stdio) {
            case Stdio.Pipes pipes -> plumbing.pipes(pipes, process.user().uid());
            case Stdio.Terminal terminal -> plumbing.terminal(opener.open(terminal.size()));
        }
    }

    private RuntimeProcess launch(
            String id, Path state, Plumbing plumbing, Steps steps, List<String> warnings, ProcessSpec process)
            throws IOException {
        Wiring wiring = plumbing.wiring();
        Program program = Program.of(steps, wiring.report(), Architecture.current());
        // First the record: the monitor, once it exists, notes its own number beside it.
        new MonitorRecord(id, host.bootId(), plumbing.controlPipe(), plumbing.numbers()).write(state);
        int pid = launcher.launch(program, MonitorSteps.NAME + ":" + id, plumbing.inherited());
        Fd monitor = ProcessCalls.host().pidfdOpen(pid);
        MonitoredProcess result = new MonitoredProcess(id, monitor, plumbing.handOver(), warnings, clock);
        try {
            watcher.watch(result);
            Report report = await(result.started(), id);
            if (report.kind() == Report.Kind.FAILED) {
                throw StartFailures.explain(program, report, result.notes(), process);
            }
            result.running(report);
            return result;
        } catch (IOException | RuntimeException e) {
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

    private static Report await(CompletableFuture<Report> future, String id) throws IOException {
        try {
            return future.get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("starting " + id + " took more than " + START_PATIENCE.toSeconds() + " s", e);
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
    public List<String> stepsOf(StartRequest request) throws IOException {
        Plans.process(request);
        return Plans.print(request, host, emptyFolder);
    }

    @Override
    public void close() {
        watcher.close();
        launcher.close();
    }
}
