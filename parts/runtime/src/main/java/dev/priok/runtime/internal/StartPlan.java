package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.ProcessStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.StartRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The list of steps of a container's first process and its monitor: a function of the request and the host. */
final class StartPlan {
    private static final List<NamespaceType> JOINED_BY_PROCESS = List.of(
            NamespaceType.NETWORK, NamespaceType.IPC, NamespaceType.UTS, NamespaceType.CGROUP, NamespaceType.TIME);

    private static final int FOLDER = OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC;

    private final StartRequest request;
    private final RuntimeSpec spec;
    private final ProcessSpec process;
    private final Wiring wiring;
    private final HostFacts host;
    private final Path emptyFolder;
    private final Namespaces namespaces;
    private final List<String> warnings = new ArrayList<>();

    StartPlan(StartRequest request, Wiring wiring, HostFacts host, Path emptyFolder) {
        this.request = request;
        this.spec = request.spec();
        this.wiring = wiring;
        this.host = host;
        this.emptyFolder = emptyFolder;
        this.namespaces = new Namespaces(spec.linux().namespaces());
        if (spec.process() == null) {
            throw Failure.invalid("the configuration of %s has no process", request.id());
        }
        this.process = spec.process();
    }

    /** What could not be had; complete after {@link #steps}. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    Steps steps() {
        Steps child = new Steps("preparing the process");
        LinuxSpec linux = spec.linux();
        Steps before = new Steps("preparing the process");
        boolean inUserNamespace = namespaces.isOwn(NamespaceType.USER);
        IdentitySteps identity = new IdentitySteps(child, host, process, warnings, inUserNamespace);
        IdentitySteps.begin(child, wiring);
        if (inUserNamespace) {
            identity.beforeUserNamespace(before);
            child.purpose("opening the host's procfs");
            Slot hostProc = Slot.result("hostproc");
            child.add(new FileStep.OpenAt(hostProc, Slot.CURRENT_DIRECTORY, "/proc", FOLDER, 0));
            identity.oomScore(hostProc);
        }
        joinNamespaces(child);
        RootSteps root = new RootSteps(wiring.rootfs(), request.state(), linux.rootfsPropagation());
        Targets targets = root.mount(child, request.rootfs());
        child.add(new ProcessStep.Umask(0));
        GuardSteps guards = new GuardSteps(child, targets);
        if (inUserNamespace) {
            // From here on the host's folders are closed to it.
            guards.openCovers(linux.maskedPaths(), emptyFolder);
            identity.becomeRoot();
        }
        MountSteps mounts = new MountSteps(
                child, before, targets, namespaces, wiring, request.cgroup().view());
        for (int i = 0; i < spec.mounts().size(); i++) {
            mounts.mount(i, spec.mounts().get(i));
        }
        devices(child, targets);
        Slot proc = mounts.proc().orElseGet(() -> {
            child.purpose("opening a procfs");
            return FileSystems.detached(child, "procfs", "proc", "proc", MountOptions.parse(List.of()));
        });
        if (!inUserNamespace) {
            identity.oomScore(proc);
        }
        names(child);
        guards.sysctls(linux.sysctl(), proc, namespaces);
        guards.makeReadonly(linux.readonlyPaths());
        if (!inUserNamespace) {
            guards.openCovers(linux.maskedPaths(), emptyFolder);
        }
        guards.mask(linux.maskedPaths());
        child.purpose("chdir to cwd (\"" + process.cwd() + "\") set in config.json failed");
        Slot cwd = targets.folder(child, process.cwd());
        mounts.finish();
        if (spec.root() != null && spec.root().readonly()) {
            root.makeReadonly(child);
        }
        RuntimeSpec.Hooks hooks = spec.hooks();
        HookRuns.Wired wired = wiring.hooks().orElse(null);
        if (hooks != null && wired != null && HookRuns.before(hooks)) {
            wired.pause(child);
            wired.run(child, "createContainer", hooks.createContainer());
        }
        root.enter(child);
        if (hooks != null && wired != null) {
            wired.run(child, "startContainer", hooks.startContainer());
        }
        child.purpose("chdir to cwd (\"" + process.cwd() + "\") set in config.json failed");
        child.add(new FileStep.Fchdir(cwd));
        identity.restrict(request.id(), request.seccomp());
        identity.labels(proc);
        identity.execute();
        return new MonitorSteps(wiring).around(namespaces.cloneFlags(), linux.timeOffsets(), before, child);
    }

    private void joinNamespaces(Steps child) {
        for (NamespaceType type : JOINED_BY_PROCESS) {
            Slot namespace = wiring.joined().get(type);
            if (namespace != null) {
                child.purpose("joining the " + Namespaces.link(type) + " namespace");
                child.add(new ProcessStep.Setns(namespace, Namespaces.flag(type)));
            }
        }
        if (namespaces.isNew(NamespaceType.CGROUP)) {
            // Only now: its root is the cgroup that the process is in.
            child.purpose("making the cgroup namespace");
            child.add(new ProcessStep.Unshare(Namespaces.flag(NamespaceType.CGROUP)));
        }
        if (namespaces.isNew(NamespaceType.NETWORK)) {
            child.purpose("bringing up lo");
            Slot socket = Slot.result("socket");
            child.add(new FileStep.Socket(socket, FileStep.Socket.AF_INET, FileStep.Socket.SOCK_DGRAM_CLOEXEC));
            child.add(new FileStep.InterfaceUp(socket, "lo"));
        }
    }

    private void devices(Steps child, Targets targets) {
        boolean hostDev = spec.mounts().stream()
                .anyMatch(mount -> Targets.relative(mount.destination()).equals("dev") && isBind(mount));
        if (hostDev) {
            return;
        }
        DeviceSteps devices = new DeviceSteps(child, targets, namespaces.isOwn(NamespaceType.USER));
        devices.populate(spec.linux().devices(), host.hasKcore());
        if (wiring.terminal() && wiring.devpts().isPresent()) {
            devices.console(wiring.stdio().getFirst());
        }
    }

    private static boolean isBind(MountSpec mount) {
        return "bind".equals(mount.type())
                || mount.options().contains("bind")
                || mount.options().contains("rbind");
    }

    private void names(Steps child) {
        if (spec.hostname() != null && !spec.hostname().isEmpty()) {
            requireOwn(NamespaceType.UTS, "hostname");
            child.purpose("setting the hostname");
            child.add(new ProcessStep.Sethostname(spec.hostname()));
        }
        if (spec.domainname() != null && !spec.domainname().isEmpty()) {
            requireOwn(NamespaceType.UTS, "domainname");
            child.purpose("setting the domainname");
            child.add(new ProcessStep.Setdomainname(spec.domainname()));
        }
    }

    private void requireOwn(NamespaceType type, String what) {
        if (!namespaces.isOwn(type)) {
            throw Failure.invalid("unable to set %s without a private UTS namespace", what);
        }
    }
}
