package dev.priok.runtime.internal;

import dev.priok.init.Flow;
import dev.priok.init.Slot;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes the descriptors that a process and its monitor are born with, and holds the daemon's ends until they are handed on. */
final class Plumbing implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int UNCHANGED = -1;
    private static final int EVENTS_MODE = 0600;

    private final List<Fd> theirs = new ArrayList<>();
    private final List<Fd> inherited = new ArrayList<>();
    private final List<Integer> inMonitor = new ArrayList<>();
    private final Map<NamespaceType, Slot> joined = new EnumMap<>(NamespaceType.class);
    private final Map<NamespaceType, Fd> opened = new EnumMap<>(NamespaceType.class);
    private final Map<Integer, Slot> owners = new HashMap<>();
    private final Map<Integer, Slot> filled = new HashMap<>();
    private final List<Slot> stdio = new ArrayList<>();
    private final List<Flow.Stream> streams = new ArrayList<>();
    private final DaemonEnds.Builder ends = new DaemonEnds.Builder();
    private final Stdio plan;
    private final CgroupJoin cgroup;
    private Optional<Slot> devpts = Optional.empty();
    private Optional<HookRuns.Wired> hooks = Optional.empty();
    private Optional<Slot> rootfs = Optional.empty();
    private Slot input = Flow.Supervise.NOTHING;

    private final Slot control;
    private final Slot report;
    private final Slot events;
    private final Slot index;

    /** Pipes to a monitor, and the files it keeps records in. */
    Plumbing(Stdio plan, CgroupJoin cgroup, Path state) throws IOException {
        this.plan = plan;
        this.cgroup = cgroup;
        try {
            DescriptorCalls.Pipe commands = DescriptorCalls.host().pipe();
            ends.control = commands.write();
            control = monitors("control", theirs(commands.read()));
            DescriptorCalls.Pipe reports = DescriptorCalls.host().pipe();
            ends.report = reports.read();
            report = monitors("report", theirs(reports.write()));
            DescriptorCalls.host().setNonBlocking(reports.read(), true);
            events = monitors(
                    "events",
                    theirs(FileCalls.host()
                            .open(
                                    state.resolve(MonitorRecord.EVENTS).toString(),
                                    OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.APPEND,
                                    EVENTS_MODE)));
            index = plan.journals().index().map(fd -> monitors("index", fd)).orElse(Flow.Supervise.NOTHING);
            cgroup.tasksFiles().forEach(inherited::add);
            cgroup.v2Directory().ifPresent(inherited::add);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Pipes for the standard streams, owned by {@code uid} so that the process may open /dev/stdout anew. */
    void pipes(Stdio.Pipes pipes, int uid) throws IOException {
        if (pipes.input()) {
            DescriptorCalls.Pipe in = DescriptorCalls.host().pipe();
            ends.stdin = in.write();
            stdio.add(childs("stdin", theirs(in.read()), uid));
            if (pipes.survives()) {
                input = monitors("stdin.write", in.write());
            }
        } else {
            stdio.add(childs("null", theirs(FileCalls.host().open("/dev/null", OpenFlag.RDWR)), 0));
        }
        ends.stdout = output("stdout", 1, pipes.journals().stdout(), uid);
        ends.stderr = output("stderr", 2, pipes.journals().stderr(), uid);
    }

    private Fd output(String name, int number, Optional<Fd> journal, int uid) throws IOException {
        DescriptorCalls.Pipe pipe = DescriptorCalls.host().pipe();
        ends.own(pipe.read());
        stdio.add(childs(name, theirs(pipe.write()), uid));
        DescriptorCalls.host().setNonBlocking(pipe.read(), true);
        watch(name, pipe.read(), number, journal, false);
        return pipe.read();
    }

    /** A terminal for all three. */
    void terminal(Terminals.Pair pair) throws IOException {
        ends.terminal = pair.master();
        Slot slave = childs("tty", theirs(pair.slave()), 0);
        stdio.addAll(List.of(slave, slave, slave));
        devpts = Optional.empty();
        if (pair.devpts().isPresent()) {
            devpts = Optional.of(childs("devpts", theirs(pair.devpts().get()), 0));
        }
        watch("master", pair.master(), 1, plan.journals().stdout(), true);
    }

    private void watch(String name, Fd source, int number, Optional<Fd> journal, boolean terminal) {
        if (!plan.survives()) {
            return;
        }
        // Without a journal the monitor still holds the source: its writer then waits instead of getting a broken pipe.
        Slot from = monitors(name + ".read", source);
        journal.ifPresent(to -> streams.add(new Flow.Stream(from, monitors(name + ".journal", to), number, terminal)));
    }

    /** Hands over a detached mount of the root file system; the monitor keeps it in being until the output is drained. */
    void root(Fd mount) {
        rootfs = Optional.of(monitors("rootfs", theirs(mount)));
    }

    /** Opens the namespaces that are to be joined. */
    void join(List<Namespace> namespaces) throws IOException {
        for (Namespace namespace : namespaces) {
            if (namespace.path() != null) {
                Fd fd = theirs(FileCalls.host().open(namespace.path(), OpenFlag.RDONLY));
                joined.put(namespace.type(), childs(Namespaces.link(namespace.type()) + "ns", fd, 0));
                opened.put(namespace.type(), fd);
            }
        }
    }

    /** The namespace of this kind that a path named. */
    Optional<Fd> opened(NamespaceType type) {
        return Optional.ofNullable(opened.get(type));
    }

    /** Has an open namespace joined that was made for this process. */
    void join(NamespaceType type, Fd namespace) throws IOException {
        joined.put(type, childs(Namespaces.link(type) + "ns", theirs(namespace), 0));
    }

    /** A mount has the mapping of a user namespace, which stays the caller's. */
    void owners(int mount, Fd userNamespace) throws IOException {
        owners.put(mount, childs("owners" + mount, theirs(userNamespace.duplicate()), 0));
    }

    /** The process runs hooks; the descriptors stay the session's. */
    void hooks(HookSession session) {
        for (Fd fd : List.of(
                session.proceeded(), session.runs().state(), session.runs().output())) {
            inherited.add(fd);
        }
        hooks = Optional.of(new HookRuns.Wired(
                report,
                Slot.inherited("proceed", session.proceeded()),
                Slot.inherited("state", session.runs().state()),
                Slot.inherited("hooks", session.runs().output())));
    }

    /** A mount is there already. */
    void filled(int mount, Fd detached) throws IOException {
        filled.put(mount, childs("filled" + mount, theirs(detached), 0));
    }

    /** Joins the pid namespace of an open process. */
    Slot target(Fd pidfd, boolean ownPidNamespace) {
        inherited.add(pidfd);
        Slot slot = Slot.inherited("target", pidfd);
        if (ownPidNamespace) {
            joined.put(NamespaceType.PID, slot);
        }
        return slot;
    }

    private Fd theirs(Fd fd) {
        theirs.add(fd);
        return fd;
    }

    private Slot monitors(String name, Fd fd) {
        inherited.add(fd);
        inMonitor.add(fd.number());
        return Slot.inherited(name, fd);
    }

    private Slot childs(String name, Fd fd, int uid) throws IOException {
        if (uid != 0) {
            FileCalls.host().chown(fd, uid, UNCHANGED);
        }
        inherited.add(fd);
        return Slot.inherited(name, fd);
    }

    Wiring wiring() {
        List<Slot> tasks = new ArrayList<>();
        for (int i = 0; i < cgroup.tasksFiles().size(); i++) {
            tasks.add(Slot.inherited("tasks" + i, cgroup.tasksFiles().get(i)));
        }
        return new Wiring(
                control,
                report,
                events,
                index,
                stdio,
                plan instanceof Stdio.Terminal,
                devpts,
                rootfs,
                input,
                streams,
                plan.journals().spillBytes(),
                plan.survives() ? 0 : SIGKILL,
                tasks,
                cgroup.v2Directory().map(fd -> Slot.inherited("cgroup", fd)).orElse(Flow.Clone.NO_CGROUP),
                joined,
                owners,
                filled,
                hooks,
                inMonitor,
                inherited.stream().map(Fd::number).toList());
    }

    List<Fd> inherited() {
        return inherited;
    }

    /** The inode of the pipe of commands. */
    long controlPipe() throws IOException {
        return FileCalls.host().stat(Objects.requireNonNull(ends.control)).inode();
    }

    /** What the monitor holds and a later daemon may ask it for. */
    MonitorRecord.Numbers numbers() {
        return new MonitorRecord.Numbers(
                number(control),
                number(report),
                number(input),
                ends.stdout == null ? -1 : ends.stdout.number(),
                ends.stderr == null ? -1 : ends.stderr.number(),
                ends.terminal == null ? -1 : ends.terminal.number(),
                plan.journals().stdout().map(Fd::number).orElse(-1),
                plan.journals().stderr().map(Fd::number).orElse(-1));
    }

    private static int number(Slot slot) {
        return slot instanceof Slot.Fixed fixed ? fixed.number() : -1;
    }

    /** Hands over the daemon's ends, and closes those that the new process has its own copies of. */
    DaemonEnds handOver() {
        theirs.forEach(Fd::close);
        return ends.build();
    }

    @Override
    public void close() {
        theirs.forEach(Fd::close);
        ends.close();
    }
}
