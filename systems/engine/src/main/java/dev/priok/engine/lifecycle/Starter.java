package dev.priok.engine.lifecycle;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupView;
import dev.priok.core.Failure;
import dev.priok.core.PhaseTimes;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.CgroupLimits;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.spec.SecurityOptions;
import dev.priok.linux.Fd;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.MountCalls;
import dev.priok.linux.TerminalCalls;
import dev.priok.logs.Journals;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogStream;
import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the first process of a container and connects its output; undoes everything when a step fails. */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    /** So much may be kept in memory for a container that never waits, while no daemon is there to drop what is more. */
    private static final long LEAST_SPILL_BYTES = 16L << 20;

    private final Machine machine;
    private final Blueprint blueprint;
    private final MountSources sources;

    private final ContainerNetworks networks;
    private final EtcFiles etc;

    Starter(Machine machine, Blueprint blueprint, MountSources sources, ContainerNetworks networks) {
        this.sources = sources;
        this.machine = machine;
        this.blueprint = blueprint;
        this.networks = networks;
        this.etc = new EtcFiles(networks);
    }

    /** Starts; call it with the container's lock held. */
    Run start(Container container, PhaseTimes<Phases.Start>.Watch watch) throws IOException {
        ContainerSpec spec = container.definition().spec();
        try (OwnUsers users = OwnUsers.make(machine, container.definition())) {
            return start(container, spec, users, watch);
        }
    }

    private Run start(Container container, ContainerSpec spec, OwnUsers users, PhaseTimes<Phases.Start>.Watch watch)
            throws IOException {
        boolean ready = false;
        Blueprint.Plan plan;
        try {
            List<PlannedMount> mounts = sources.ready(container);
            watch.ended(Phases.Start.VOLUMES);
            Optional<String> network = networks.attachments().attach(container.definition(), users.network());
            if (network.isPresent()) {
                etc.write(container);
            }
            watch.ended(Phases.Start.NETWORK);
            plan = blueprint.plan(container, mounts, network, users.user());
            ready = true;
        } finally {
            if (!ready) {
                leaveNetworks(container);
                sources.release(container);
            }
        }
        Optional<SeccompFilter> seccomp = seccomp(spec, plan.spec());
        watch.ended(Phases.Start.SPEC);
        stopped(container.folders.run());
        Folders.delete(container.folders.run());
        Files.createDirectories(container.folders.run());
        CgroupRecord.write(container.folders.run(), cgroupPath(container));
        Optional<Cgroup> made = Optional.empty();
        boolean started = false;
        try {
            Cgroup cgroup =
                    machine.parts().cgroups().create(cgroupPath(container), CgroupLimits.of(spec, plan.devices()));
            made = Optional.of(cgroup);
            cgroup.warnings().forEach(warning -> LOG.warn("container {}: {}", container.id(), warning));
            shareShm(container, spec);
            watch.ended(Phases.Start.CGROUP);
            Run run = start(container, plan, seccomp, cgroup, watch);
            started = true;
            return run;
        } finally {
            if (!started) {
                cleanUp(container, made);
            }
        }
    }

    private Run start(
            Container container,
            Blueprint.Plan plan,
            Optional<SeccompFilter> seccomp,
            Cgroup cgroup,
            PhaseTimes<Phases.Start>.Watch watch)
            throws IOException {
        ProcessSpec process = container.definition().spec().process();
        Set<LogStream> streams = process.tty() ? Set.of(LogStream.STDOUT) : Set.of(LogStream.STDOUT, LogStream.STDERR);
        Files.createDirectories(container.journals());
        Journals journals = Journals.create(container.journals(), streams);
        RuntimeProcess started = null;
        OutputPump.Pumped pumped = null;
        try (CgroupPlacement placement = cgroup.placement()) {
            Stdio stdio = stdio(process, journals, spillBytes(container.log));
            watch.ended(Phases.Start.LOG);
            started = machine.parts()
                    .runtime()
                    .start(new StartRequest(
                            container.id(),
                            plan.spec(),
                            blueprint.rootfs(container),
                            stdio,
                            join(placement, cgroup.view()),
                            seccomp,
                            container.folders.run(),
                            patience(container.definition().spec())));
            watch.skip();
            plan.requireDonors();
            container.input.open(started);
            pumped = machine.parts()
                    .pump()
                    .add(new Output(
                            container.id().substring(0, 12),
                            sources(started),
                            Optional.of(journals),
                            container.log,
                            container.fanout));
            watch.ended(Phases.Start.OUTPUT);
            return new Run(started, Optional.of(cgroup), pumped, machine.now());
        } finally {
            if (pumped == null) {
                journals.close();
                if (started != null) {
                    abandon(started, cgroup);
                }
            }
        }
    }

    private Duration patience(ContainerSpec spec) {
        Duration patience = machine.upkeep(spec).startTimeout();
        return patience == null ? StartRequest.DEFAULT_PATIENCE : patience;
    }

    /** A process whose output nobody can take must not run. */
    private static void abandon(RuntimeProcess process, Cgroup cgroup) throws IOException {
        cgroup.kill();
        process.signal(dev.priok.engine.spec.Signals.KILL);
        process.exit().thenRun(() -> {
            try {
                process.drained();
            } catch (IOException e) {
                LOG.warn("the monitor of {} could not be dismissed", process.id(), e);
            }
        });
    }

    static List<Output.Source> sources(RuntimeProcess process) {
        List<Output.Source> sources = new ArrayList<>();
        process.terminal().ifPresent(fd -> sources.add(new Output.Source(LogStream.STDOUT, fd, true)));
        process.stdout().ifPresent(fd -> sources.add(new Output.Source(LogStream.STDOUT, fd, false)));
        process.stderr().ifPresent(fd -> sources.add(new Output.Source(LogStream.STDERR, fd, false)));
        return sources;
    }

    /** What is in memory may be no more than the user said, or a little: the monitor cannot drop. */
    private static long spillBytes(LogDriver log) {
        return log.overflow()
                .map(overflow -> Math.max(overflow.bufferBytes(), LEAST_SPILL_BYTES))
                .orElse(Stdio.Journals.DEFAULT_SPILL_BYTES);
    }

    private static Stdio stdio(ProcessSpec process, Journals journals, long spillBytes) {
        Stdio.Journals kept = new Stdio.Journals(
                journals.journal(LogStream.STDOUT),
                journals.journal(LogStream.STDERR),
                Optional.of(journals.index()),
                spillBytes);
        return process.tty()
                ? new Stdio.Terminal(size(process.consoleHeight(), process.consoleWidth()), kept, true)
                : new Stdio.Pipes(process.openStdin(), kept, true);
    }

    static Optional<TerminalCalls.Size> size(int height, int width) {
        return height > 0 && width > 0 ? Optional.of(new TerminalCalls.Size(height, width)) : Optional.empty();
    }

    /** The engine's words for cgroups as the runtime's. */
    static CgroupJoin join(CgroupPlacement placement, CgroupView view) {
        CgroupJoin.View seen = switch (view) {
            case CgroupView.Unified unified -> new CgroupJoin.View.Unified(unified.hostDirectory());
            case CgroupView.Legacy legacy ->
                new CgroupJoin.View.Legacy(
                        legacy.hierarchies().stream()
                                .map(h -> new CgroupJoin.Hierarchy(h.name(), h.options(), h.hostDirectory()))
                                .toList(),
                        legacy.links().stream()
                                .map(l -> new CgroupJoin.Link(l.name(), l.target()))
                                .toList());
        };
        return new CgroupJoin(placement.tasksFiles(), placement.v2Directory(), Optional.of(seen));
    }

    Optional<SeccompFilter> seccomp(ContainerSpec spec, RuntimeSpec oci) {
        List<String> capabilities = oci.process() == null || oci.process().capabilities() == null
                ? List.of()
                : oci.process().capabilities().bounding();
        return machine.parts()
                .seccomp()
                .compile(SecurityOptions.parse(spec.security()).seccomp(), capabilities);
    }

    /** The system calls that a start would make now; makes none of them. */
    List<String> steps(Container container) throws IOException {
        Blueprint.Plan plan = blueprint.plan(container, sources.planned(container), Optional.empty(), Optional.empty());
        ContainerSpec spec = container.definition().spec();
        ProcessSpec process = spec.process();
        Stdio stdio = process.tty()
                ? new Stdio.Terminal(Optional.empty(), Stdio.Journals.NONE, true)
                : new Stdio.Pipes(process.openStdin(), Stdio.Journals.NONE, true);
        Optional<Cgroup> cgroup = machine.parts().cgroups().open(cgroupPath(container));
        CgroupJoin join = CgroupJoin.NONE;
        if (cgroup.isPresent()) {
            join = new CgroupJoin(
                    List.of(),
                    Optional.empty(),
                    join(NO_PLACEMENT, cgroup.get().view()).view());
        }
        RuntimeSpec oci = join.view().isPresent() ? plan.spec() : withoutCgroupMount(plan.spec());
        return machine.parts()
                .runtime()
                .stepsOf(new StartRequest(
                        container.id(),
                        oci,
                        blueprint.rootfs(container),
                        stdio,
                        join,
                        seccomp(spec, plan.spec()),
                        container.folders.run()));
    }

    private static final CgroupPlacement NO_PLACEMENT = new CgroupPlacement(List.of(), Optional.empty());

    /** A container that does not run has no cgroup that could be shown in it. */
    private static RuntimeSpec withoutCgroupMount(RuntimeSpec spec) {
        return new RuntimeSpec(
                spec.ociVersion(),
                spec.process(),
                spec.root(),
                spec.hostname(),
                spec.domainname(),
                spec.mounts().stream()
                        .filter(mount -> !"cgroup".equals(mount.type()))
                        .toList(),
                spec.hooks(),
                spec.annotations(),
                spec.linux());
    }

    /** Where a container's cgroup is. */
    String cgroupPath(Container container) {
        String parent = container.definition().spec().limits().cgroupParent();
        String base = parent.isEmpty() ? machine.config().cgroupParent() : parent;
        return (base.startsWith("/") ? base : "/" + base) + "/" + container.id();
    }

    private static void shareShm(Container container, ContainerSpec spec) throws IOException {
        if (!spec.namespaces().ipc().equals("shareable")) {
            return;
        }
        Files.createDirectories(container.folders.shm());
        long bytes = spec.storage().shmBytes() == 0 ? 64L << 20 : spec.storage().shmBytes();
        MountCalls mounts = MountCalls.host();
        try (Fd context = mounts.fsopen("tmpfs")) {
            mounts.setString(context, "size", Long.toString(bytes));
            mounts.setString(context, "mode", "1777");
            mounts.create(context);
            try (Fd mount =
                    mounts.fsmount(context, MountAttribute.NOSUID | MountAttribute.NOEXEC | MountAttribute.NODEV)) {
                mounts.moveMount(mount, container.folders.shm().toString());
            }
        }
    }

    /** Takes away what a run leaves: its cgroup, the runtime's folder, a shared /dev/shm. */
    void cleanUp(Container container, Optional<Cgroup> cgroup) {
        endRun(container, cgroup);
        sources.release(container);
    }

    private void leaveNetworks(Container container) {
        try {
            networks.attachments().detach(container.id());
        } catch (RuntimeException e) {
            LOG.warn("container {} is not off its networks", container.id(), e);
        }
    }

    private void endRun(Container container, Optional<Cgroup> cgroup) {
        leaveNetworks(container);
        try {
            if (cgroup.isPresent()) {
                cgroup.get().kill();
                cgroup.get().remove();
            }
        } catch (IOException | Failure e) {
            // Its record stays with it: the next start, or the next engine, tries again.
            LOG.warn("the cgroup of container {} stays behind", container.id(), e);
            return;
        }
        stopped(container.folders.run());
        try {
            Folders.delete(container.folders.run());
            if (Files.exists(container.folders.shm())) {
                MountCalls.host().unmount(container.folders.shm().toString(), MountCalls.MNT_DETACH);
                Files.deleteIfExists(container.folders.shm());
            }
        } catch (IOException e) {
            LOG.warn("files of the last run of container {} stay behind", container.id(), e);
        }
    }

    /** Runs the hooks that follow the end of a run, unless they have run. */
    void stopped(Path run) {
        try {
            machine.parts().runtime().stopped(run);
        } catch (IOException | RuntimeException e) {
            LOG.warn("hooks after the end of {} failed", run.getFileName(), e);
        }
    }

    /** What a caller is told when a start failed. */
    static Failure failure(Exception cause) {
        return switch (cause) {
            case Failure f -> f;
            case StartException e ->
                new Failure(
                        e.reason() == StartException.Reason.STEP_FAILED ? Failure.Kind.INTERNAL : Failure.Kind.INVALID,
                        Cause.text(e),
                        e);
            default -> Failure.internal(cause, "failed to create task for container: %s", Cause.text(cause));
        };
    }

    /** The exit code of a container that could not be started. */
    static int exitCode(Exception cause) {
        return cause instanceof StartException e ? e.reason().exitCode() : StartException.Reason.STEP_FAILED.exitCode();
    }
}
