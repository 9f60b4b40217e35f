package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.Launcher;
import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.init.Steps;
import dev.priok.linux.Architecture;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
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
    /** Starting takes milliseconds; a mount of a dead network file system is the only known thing that takes longer. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    /** A monitor that has nothing left to do ends within a millisecond. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    private static final int SIGKILL = 9;
    private static final long NANOS_A_SECOND = 1_000_000_000L;

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
        Terminals.Pair open(Optional<dev.priok.linux.TerminalCalls.Size> size) throws IOException;
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
        Optional<MonitorRecord> record = MonitorRecord.read(state);
        Optional<Report> itself = MonitorRecord.last(MonitorRecord.events(state), Report.Kind.MONITOR);
        if (record.isEmpty() || itself.isEmpty() || !record.get().bootId().equals(host.bootId())) {
            return ended(state);
        }
        int pid = (int) itself.get().value();
        Fd monitor;
        try {
            monitor = ProcessCalls.host().pidfdOpen(pid);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ESRCH) {
                return ended(state);
            }
            throw e;
        }
        Optional<DaemonEnds> ends = isMonitor(pid, record.get())
                ? takeEnds(monitor, pid, record.get().descriptors())
                : Optional.empty();
        if (ends.isEmpty()) {
            monitor.close();
            return ended(state);
        }
        return takeOver(state, record.get(), monitor, ends.get());
    }

    /** Whether a process that is held by a pidfd is the monitor, and not one that got its number later. */
    private static boolean isMonitor(int pid, MonitorRecord record) throws IOException {
        Path control = Path.of("/proc/" + pid + "/fd/" + record.descriptors().control());
        try {
            return Files.readSymbolicLink(control).toString().equals("pipe:[" + record.controlPipe() + "]");
        } catch (NoSuchFileException | NotLinkException _) {
            return false;
        }
    }

    private Reattached takeOver(Path state, MonitorRecord record, Fd monitor, DaemonEnds ends) throws IOException {
        MonitoredProcess process = new MonitoredProcess(record.id(), monitor, ends, List.of(), clock);
        watcher.watch(process);
        process.command('T');
        try {
            Report ready = process.ready().get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            process.running(ready);
            process.recall(MonitorRecord.events(state));
            return new Reattached.Supervised(process);
        } catch (ExecutionException _) {
            // It ended while it was asked: all is in the files.
            process.close();
            return ended(state);
        } catch (SyscallException e) {
            process.close();
            if (e.errno() == Errno.ESRCH) {
                return ended(state);
            }
            throw e;
        } catch (TimeoutException e) {
            process.close();
            throw new IOException("the monitor of " + record.id() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while finding " + record.id() + " again", e);
        }
    }

    private static Reattached ended(Path state) throws IOException {
        return new Reattached.Ended(MonitorRecord.last(MonitorRecord.events(state), Report.Kind.EXITED)
                .map(report -> new ExitStatus(
                        (int) report.value(),
                        Instant.ofEpochSecond(report.nanos() / NANOS_A_SECOND, report.nanos() % NANOS_A_SECOND))));
    }

    /** Opens the pipes to a monitor anew and copies what it holds; empty when it ends meanwhile. */
    private static Optional<DaemonEnds> takeEnds(Fd monitor, int pid, MonitorRecord.Numbers numbers)
            throws IOException {
        String descriptors = "/proc/" + pid + "/fd/";
        try (DaemonEnds.Builder ends = new DaemonEnds.Builder()) {
            // Readers first: a report that finds no reader is lost, though it is in the file too.
            ends.report = FileCalls.host().open(descriptors + numbers.report(), OpenFlag.RDONLY | OpenFlag.NONBLOCK);
            ends.control = FileCalls.host().open(descriptors + numbers.control(), OpenFlag.WRONLY);
            ends.stdin = take(monitor, numbers.stdin());
            ends.stdout = take(monitor, numbers.stdout());
            ends.stderr = take(monitor, numbers.stderr());
            ends.terminal = take(monitor, numbers.terminal());
            Map<Integer, Integer> journals = new HashMap<>();
            journals.put(1, numbers.journal1());
            journals.put(2, numbers.journal2());
            for (Map.Entry<Integer, Integer> journal : journals.entrySet()) {
                Fd fd = take(monitor, journal.getValue());
                if (fd != null) {
                    ends.journals.put(journal.getKey(), fd);
                }
            }
            return Optional.of(ends.build());
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static @org.jspecify.annotations.Nullable Fd take(Fd monitor, int number) throws IOException {
        if (number < 0) {
            return null;
        }
        try {
            return ProcessCalls.host().takeDescriptor(monitor, number);
        } catch (SyscallException e) {
            if (e.errno() == Errno.EBADF) {
                // Closed at its end of file, or at the daemon's word.
                return null;
            }
            throw e;
        }
    }

    @Override
    public List<String> stepsOf(StartRequest request) throws IOException {
        return Program.describe(new StartPlan(request, Plans.symbolic(request), host, emptyFolder).steps());
    }

    @Override
    public void close() {
        watcher.close();
        launcher.close();
    }
}
