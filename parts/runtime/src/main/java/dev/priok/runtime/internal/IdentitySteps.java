package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.Flow;
import dev.priok.init.ProcessStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.SeccompFilter;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** The last part of every list: what the process is allowed, who it is, and the program. */
final class IdentitySteps {
    /** What the steps that execute are for; failures there are told apart from all others. */
    static final String EXECUTING = "executing the program";

    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int SIGKILL = 9;
    private static final int DEFAULT_UMASK = 0022;
    private static final int FIRST_NOT_STANDARD = 3;
    private static final long TIOCSCTTY = 0x540E;

    private final Steps steps;
    private final HostFacts host;
    private final ProcessSpec process;
    private final List<String> warnings;
    private final boolean inUserNamespace;

    /**
     * For one process.
     *
     * @param inUserNamespace whether it is in a user namespace of its own, where it has every capability to begin with
     */
    IdentitySteps(Steps steps, HostFacts host, ProcessSpec process, List<String> warnings, boolean inUserNamespace) {
        this.inUserNamespace = inUserNamespace;
        this.steps = steps;
        this.host = host;
        this.process = process;
        this.warnings = warnings;
    }

    /** The first steps of every first process: it dies with its monitor, and nobody in a namespace may look into it. */
    static void begin(Steps steps, Wiring wiring) {
        steps.purpose("joining the cgroups");
        for (Slot tasks : wiring.tasks()) {
            steps.add(new FileStep.Write(tasks, "0"));
        }
        steps.purpose("preparing the process");
        steps.add(new ProcessStep.Prctl("PR_SET_PDEATHSIG", PR_SET_PDEATHSIG, SIGKILL, 0));
        steps.add(new ProcessStep.Prctl("PR_SET_DUMPABLE", PR_SET_DUMPABLE, 0, 0));
        steps.add(new ProcessStep.Setsid());
        for (int i = 0; i < wiring.stdio().size(); i++) {
            steps.add(new FileStep.Dup3(wiring.stdio().get(i), i));
        }
        if (wiring.terminal()) {
            steps.add(new FileStep.Ioctl(Slot.fixed("0", 0), "TIOCSCTTY", TIOCSCTTY, 0));
        }
    }

    /** The score by which the kernel chooses whom to kill; only a privileged process may lower it. */
    void oomScore(Slot proc) {
        Integer wanted = process.oomScoreAdj();
        if (wanted == null || wanted == host.oomScoreAdj()) {
            return;
        }
        boolean mayLower = mayRaise();
        if (inUserNamespace && wanted < host.oomScoreAdj() && mayLower) {
            // The monitor has done it.
            return;
        }
        if (wanted < host.oomScoreAdj() && !mayLower) {
            warnings.add("oom score adjustment of " + wanted + " needs CAP_SYS_RESOURCE and is left at "
                    + host.oomScoreAdj());
            return;
        }
        steps.purpose("setting the oom score adjustment");
        GuardSteps.write(steps, proc, "self/oom_score_adj", Integer.toString(wanted));
    }

    private boolean mayRaise() {
        return (host.capabilities() & CapabilityNames.bits(List.of("SYS_RESOURCE"))) != 0;
    }

    /** Does what only the host's privileges allow, before they are given up for those of a user namespace. */
    void beforeUserNamespace(Steps before) {
        if (!mayRaise()) {
            return;
        }
        for (ProcessSpec.Rlimit rlimit : process.rlimits()) {
            Limit limit = Limit.named(rlimit.type());
            long ceiling = host.hardLimits().getOrDefault(limit, -1L);
            if (Long.compareUnsigned(rlimit.hard(), ceiling) > 0) {
                before.purpose("raising limit " + rlimit.type());
                before.add(new ProcessStep.Prlimit(limit.kernelName(), limit.number(), ceiling, rlimit.hard()));
            }
        }
        Integer score = process.oomScoreAdj();
        if (score != null && score < host.oomScoreAdj()) {
            before.purpose("setting the oom score adjustment");
            Slot proc = Slot.result("hostproc");
            before.add(new FileStep.OpenAt(
                    proc, Slot.CURRENT_DIRECTORY, "/proc", OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC, 0));
            GuardSteps.write(before, proc, "self/oom_score_adj", Integer.toString(score));
        }
    }

    /** Becomes the root of its user namespace; until then it is the host's by its ids. */
    void becomeRoot() {
        steps.purpose("becoming root in the user namespace");
        steps.add(new ProcessStep.Setgroups(List.of()));
        steps.add(new ProcessStep.Setresgid(0));
        steps.add(new ProcessStep.Setresuid(0));
        // The kernel forgets it when ids change.
        steps.add(new ProcessStep.Prctl("PR_SET_PDEATHSIG", PR_SET_PDEATHSIG, SIGKILL, 0));
    }

    void sessionKeyring(String id) {
        steps.purpose("joining a session keyring");
        steps.tolerating(
                new ProcessStep.JoinSessionKeyring("_ses." + id),
                Errno.ENOSYS,
                Errno.EDQUOT,
                Errno.EPERM,
                Errno.EACCES);
    }

    /** Limits, the filter, ids and capabilities, in the order that each step still may do what it does. */
    void restrict(String id, Optional<SeccompFilter> seccomp) {
        sessionKeyring(id);
        limits();
        ioPriority();
        steps.purpose("setting the umask");
        Integer umask = process.user().umask();
        steps.add(new ProcessStep.Umask(umask == null ? DEFAULT_UMASK : umask));
        if (process.noNewPrivileges()) {
            steps.purpose("giving up new privileges");
            steps.add(new ProcessStep.Prctl("PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1, 0));
        } else {
            seccomp.ifPresent(this::filter);
        }
        user();
        if (process.noNewPrivileges()) {
            seccomp.ifPresent(this::filter);
        }
    }

    private void limits() {
        for (ProcessSpec.Rlimit rlimit : process.rlimits()) {
            Limit limit = Limit.named(rlimit.type());
            if (Long.compareUnsigned(rlimit.soft(), rlimit.hard()) > 0) {
                throw Failure.invalid(
                        "soft limit of %s is above the hard limit: %s > %s",
                        rlimit.type(), Long.toUnsignedString(rlimit.soft()), Long.toUnsignedString(rlimit.hard()));
            }
            long ceiling = host.hardLimits().getOrDefault(limit, -1L);
            boolean mayRaise = mayRaise();
            long hard = rlimit.hard();
            if (!mayRaise && Long.compareUnsigned(hard, ceiling) > 0) {
                warnings.add("hard limit " + rlimit.type() + " of " + Long.toUnsignedString(hard)
                        + " needs CAP_SYS_RESOURCE and is " + Long.toUnsignedString(ceiling) + " instead");
                hard = ceiling;
            }
            long soft = Long.compareUnsigned(rlimit.soft(), hard) > 0 ? hard : rlimit.soft();
            steps.purpose("setting limit " + rlimit.type());
            steps.add(new ProcessStep.Prlimit(limit.kernelName(), limit.number(), soft, hard));
        }
    }

    private void ioPriority() {
        ProcessSpec.IoPriority priority = process.ioPriority();
        if (priority == null) {
            return;
        }
        int group = switch (priority.ioClass()) {
            case "IOPRIO_CLASS_RT" -> 1;
            case "IOPRIO_CLASS_BE" -> 2;
            case "IOPRIO_CLASS_IDLE" -> 3;
            default -> throw Failure.invalid("unknown class of I/O priority: %s", priority.ioClass());
        };
        steps.purpose("setting the I/O priority");
        steps.add(new ProcessStep.IoprioSet((group << 13) | priority.priority()));
    }

    private void filter(SeccompFilter filter) {
        steps.purpose("installing the seccomp filter");
        steps.add(new ProcessStep.Seccomp(ByteBuffer.wrap(filter.program()), filter.flags()));
    }

    private void user() {
        ProcessSpec.Capabilities names = process.capabilities();
        List<String> none = List.of();
        long bounding = have(CapabilityNames.bits(names == null ? none : names.bounding()));
        long permitted = have(CapabilityNames.bits(names == null ? none : names.permitted()));
        long effective = have(CapabilityNames.bits(names == null ? none : names.effective())) & permitted;
        long inheritable = have(CapabilityNames.bits(names == null ? none : names.inheritable()));
        long ambient = have(CapabilityNames.bits(names == null ? none : names.ambient())) & permitted & inheritable;
        ProcessSpec.User user = process.user();
        steps.purpose("dropping capabilities");
        for (int i = 0; i <= host.lastCapability(); i++) {
            if ((bounding & (1L << i)) == 0) {
                steps.add(new ProcessStep.Prctl("PR_CAPBSET_DROP", PR_CAPBSET_DROP, i, 0));
            }
        }
        if (user.uid() != 0) {
            steps.add(new ProcessStep.Prctl("PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 1, 0));
        }
        steps.purpose(
                "becoming user " + Integer.toUnsignedString(user.uid()) + ":" + Integer.toUnsignedString(user.gid()));
        steps.add(new ProcessStep.Setgroups(user.additionalGids()));
        steps.add(new ProcessStep.Setresgid(user.gid()));
        steps.add(new ProcessStep.Setresuid(user.uid()));
        steps.purpose("setting capabilities");
        steps.add(new ProcessStep.Capset(effective, permitted, inheritable));
        steps.add(new ProcessStep.Prctl("PR_CAP_AMBIENT", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0));
        for (int i = 0; i <= host.lastCapability(); i++) {
            if ((ambient & (1L << i)) != 0) {
                steps.add(new ProcessStep.Prctl("PR_CAP_AMBIENT", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i));
            }
        }
    }

    /** What a security module is to make of the program. */
    void labels(Slot proc) {
        String profile = process.apparmorProfile();
        if (profile != null && !profile.isEmpty()) {
            steps.purpose("applying the apparmor profile " + profile);
            GuardSteps.write(steps, proc, "self/attr/apparmor/exec", "exec " + profile);
        }
        String label = process.selinuxLabel();
        if (label != null && !label.isEmpty()) {
            steps.purpose("applying the selinux label " + label);
            GuardSteps.write(steps, proc, "self/attr/exec", label);
        }
    }

    private long have(long wanted) {
        return inUserNamespace ? wanted & allCapabilities() : wanted & host.capabilities();
    }

    private long allCapabilities() {
        return (1L << (host.lastCapability() + 1)) - 1;
    }

    /** Executes the program, looked for along PATH if its name has no slash. */
    void execute() {
        List<String> arguments = process.args();
        if (arguments.isEmpty()) {
            throw Failure.invalid("no command specified");
        }
        steps.purpose("marking descriptors to be closed");
        steps.add(new FileStep.CloseRange(FIRST_NOT_STANDARD, FileStep.CloseRange.LAST, true));
        steps.add(new ProcessStep.Prctl("PR_SET_PDEATHSIG", PR_SET_PDEATHSIG, 0, 0));
        steps.purpose(EXECUTING);
        for (String candidate : candidates(arguments.getFirst())) {
            steps.noting(
                    new ProcessStep.Execve(candidate, arguments, process.env()),
                    Errno.ENOENT,
                    Errno.ENOTDIR,
                    Errno.EACCES);
        }
        steps.add(new Flow.Fail(Errno.ENOENT));
    }

    private SequencedSet<String> candidates(String program) {
        SequencedSet<String> paths = new LinkedHashSet<>();
        if (program.isEmpty()) {
            // Every folder along PATH would be tried as a program.
            return paths;
        }
        if (program.contains("/")) {
            paths.add(program);
            return paths;
        }
        String path = process.env().stream()
                .filter(variable -> variable.startsWith("PATH="))
                .reduce((_, last) -> last)
                .map(variable -> variable.substring("PATH=".length()))
                .orElse("");
        for (String folder : path.split(":")) {
            if (folder.startsWith("/")) {
                paths.add(folder + (folder.endsWith("/") ? "" : "/") + program);
            }
        }
        return paths;
    }
}
