package dev.priok.runtime.internal;

import dev.priok.init.FileStep;
import dev.priok.init.ProcessStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.ExecRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The list of steps of a further process in a container, and its monitor. */
final class ExecPlan {
    private final ExecRequest request;
    private final Wiring wiring;
    private final HostFacts host;
    private final Slot target;
    private final Set<NamespaceType> namespaces;
    private final List<String> warnings = new ArrayList<>();

    /**
     * A plan.
     *
     * @param target pidfd of the container's first process
     * @param namespaces those of it that are not this daemon's own
     */
    ExecPlan(ExecRequest request, Wiring wiring, HostFacts host, Slot target, Set<NamespaceType> namespaces) {
        this.request = request;
        this.wiring = wiring;
        this.host = host;
        this.target = target;
        this.namespaces = namespaces;
    }

    /** What could not be had; complete after {@link #steps}. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    Steps steps() {
        ProcessSpec process = request.process();
        Steps child = new Steps("preparing the process");
        boolean inUserNamespace = namespaces.contains(NamespaceType.USER);
        IdentitySteps identity = new IdentitySteps(child, host, process, warnings, inUserNamespace);
        IdentitySteps.begin(child, wiring);
        child.purpose("opening the host's procfs");
        Slot proc = Slot.result("procfs");
        child.add(new FileStep.OpenAt(proc, Slot.CURRENT_DIRECTORY, "/proc", folder(), 0));
        identity.oomScore(proc);
        long flags = namespaces.stream()
                .filter(type -> type != NamespaceType.PID)
                .mapToLong(Namespaces::flag)
                .sum();
        child.purpose("joining the container's namespaces");
        child.add(new ProcessStep.Setns(target, flags));
        child.purpose("chdir to cwd (\"" + process.cwd() + "\") set in config.json failed");
        Slot root = Slot.result("root");
        Slot cwd = Slot.result("cwd");
        child.add(new FileStep.OpenAt(root, Slot.CURRENT_DIRECTORY, "/", folder(), 0));
        String path = Targets.relative(process.cwd());
        child.add(new FileStep.OpenAt2(cwd, root, path.isEmpty() ? "." : path, folder(), 0, Resolve.INSIDE));
        child.add(new FileStep.Fchdir(cwd));
        identity.restrict(request.id(), request.seccomp());
        identity.labels(proc);
        identity.execute();
        Steps before = new Steps("preparing the process");
        if (inUserNamespace) {
            // Afterwards the monitor itself stays outside: only the process joins.
            identity.beforeUserNamespace(before);
        }
        return new MonitorSteps(wiring).around(0, Map.of(), before, child);
    }

    private static int folder() {
        return OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC;
    }
}
