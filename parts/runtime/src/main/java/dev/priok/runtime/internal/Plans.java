package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.Flow;
import dev.priok.init.Program;
import dev.priok.init.Slot;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What plans of every kind need: checks of a request, and descriptors that are only names. */
final class Plans {
    private static final int SIGKILL = 9;
    private static final int FIRST_NUMBER = 3;

    private Plans() {}

    static ProcessSpec process(StartRequest request) {
        ProcessSpec process = request.spec().process();
        if (process == null) {
            throw Failure.invalid("the configuration of %s has no process", request.id());
        }
        checkTerminal(request.stdio(), process);
        return process;
    }

    static void checkTerminal(Stdio stdio, ProcessSpec process) {
        if (process.terminal() != (stdio instanceof Stdio.Terminal)) {
            throw Failure.invalid("the configuration and the streams differ about a terminal");
        }
    }

    /** What the daemon does beforehand, and then the monitor and the process. */
    static List<String> print(StartRequest request, HostFacts host, Path emptyFolder) {
        List<String> lines = new ArrayList<>();
        if (request.rootfs() instanceof Rootfs.Mounted mounted
                && mounted.mapped()
                && mounted.type().equals("overlay")) {
            lines.addAll(Program.describe(MappedRoot.steps(mounted, Slot.fixed("userns", 0))));
        }
        OverlayMount.of(request.rootfs(), host).ifPresent(overlay -> lines.addAll(Program.describe(overlay.steps())));
        lines.addAll(Program.describe(new StartPlan(request, symbolic(request, host), host, emptyFolder).steps()));
        return lines;
    }

    /** The descriptors of a request by name, with made-up numbers: for printing a list that nobody runs. */
    static Wiring symbolic(StartRequest request, HostFacts host) {
        Names names = new Names();
        Slot control = names.monitors("control");
        Slot report = names.monitors("report");
        Slot events = names.monitors("events");
        Stdio stdio = request.stdio();
        boolean terminal = stdio instanceof Stdio.Terminal;
        List<Slot> streams = new ArrayList<>();
        Optional<Slot> devpts = Optional.empty();
        if (terminal) {
            Slot tty = names.childs("tty");
            streams.addAll(List.of(tty, tty, tty));
            if (Terminals.devpts(request.spec().mounts()).isPresent()) {
                devpts = Optional.of(names.childs("devpts"));
            }
        } else {
            boolean input = ((Stdio.Pipes) stdio).input();
            streams.add(names.childs(input ? "stdin" : "null"));
            streams.add(names.childs("stdout"));
            streams.add(names.childs("stderr"));
        }
        Map<NamespaceType, Slot> joined = new EnumMap<>(NamespaceType.class);
        for (Namespace namespace : request.spec().linux().namespaces()) {
            if (namespace.path() != null || namespace.type() == NamespaceType.USER) {
                joined.put(namespace.type(), names.childs(Namespaces.link(namespace.type()) + "ns"));
            }
        }
        Map<Integer, Slot> owners = new HashMap<>();
        for (int i = 0; i < request.spec().mounts().size(); i++) {
            if (MountOptions.parse(request.spec().mounts().get(i).options())
                    .idMap()
                    .isPresent()) {
                owners.put(i, names.childs("owners" + i));
            }
        }
        boolean early = joined.containsKey(NamespaceType.USER)
                || OverlayMount.of(request.rootfs(), host).isPresent();
        Optional<HookRuns.Wired> hooks = request.spec().hooks() == null
                ? Optional.empty()
                : Optional.of(new HookRuns.Wired(
                        report, names.childs("proceed"), names.childs("state"), names.childs("hooks")));
        List<Slot> tasks = new ArrayList<>();
        for (int i = 0; i < request.cgroup().tasksFiles().size(); i++) {
            tasks.add(names.childs("tasks" + i));
        }
        Slot cgroup = request.cgroup().v2Directory().isPresent() ? names.childs("cgroup") : Flow.Clone.NO_CGROUP;
        return new Wiring(
                control,
                report,
                events,
                Flow.Supervise.NOTHING,
                streams,
                terminal,
                devpts,
                early ? Optional.of(names.monitors("rootfs")) : Optional.empty(),
                Flow.Supervise.NOTHING,
                List.of(),
                stdio.journals().spillBytes(),
                stdio.survives() ? 0 : SIGKILL,
                tasks,
                cgroup,
                joined,
                owners,
                Map.of(),
                hooks,
                names.inMonitor,
                names.all);
    }

    /** Gives numbers to names. */
    private static final class Names {
        private final List<Integer> inMonitor = new ArrayList<>();
        private final List<Integer> all = new ArrayList<>();
        private int next = FIRST_NUMBER;

        Slot monitors(String name) {
            inMonitor.add(next);
            return childs(name);
        }

        Slot childs(String name) {
            all.add(next);
            return Slot.fixed(name, next++);
        }
    }
}
