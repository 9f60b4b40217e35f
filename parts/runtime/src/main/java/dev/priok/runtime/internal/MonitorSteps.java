package dev.priok.runtime.internal;

import dev.priok.init.FileStep;
import dev.priok.init.Flow;
import dev.priok.init.ProcessStep;
import dev.priok.init.Report;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.init.SystemCall;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.LinuxSpec.TimeOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeSet;

/** The monitor's own list: it isolates itself, makes the first process, and watches. */
final class MonitorSteps {
    /** How ps(1) shows monitors. */
    static final String NAME = "priok-monitor";

    /** CLONE_VFORK and CLONE_PIDFD: the monitor waits until the child has executed, and gets a descriptor of it. */
    private static final long CLONE_ALWAYS = 0x5000;

    private static final long CLONE_INTO_CGROUP = 1L << 33;
    private static final long CLONE_NEWTIME = 0x80;

    private static final Slot.Result MONITOR = new Slot.Result("monitor");
    private static final Slot.Result PID = new Slot.Result("pid");
    private static final Slot.Result PIDFD = new Slot.Result("pidfd");

    private static final int STANDARD_STREAMS = 3;

    private final Wiring wiring;

    MonitorSteps(Wiring wiring) {
        this.wiring = wiring;
    }

    /**
     * The whole list.
     *
     * @param namespaces CLONE_NEW flags that the child begins with
     * @param before what is done while all privileges of outside are there
     * @param child what the child does
     */
    Steps around(long namespaces, Map<String, TimeOffset> clocks, Steps before, Steps child) {
        Steps steps = new Steps("starting the monitor");
        closeAllBut(steps, wiring.all());
        steps.add(new ProcessStep.Setsid());
        steps.add(new ProcessStep.SetName(NAME));
        // A daemon that dies before this leaves a monitor that ends; one that dies after it leaves one that is found.
        steps.add(new ProcessStep.Getpid(MONITOR));
        steps.add(new FileStep.WriteReport(wiring.events(), Report.Kind.MONITOR, MONITOR));
        steps.add(new Flow.Attended(wiring.control()));
        Slot pidNamespace = wiring.joined().get(NamespaceType.PID);
        if (pidNamespace != null) {
            steps.purpose("joining the pid namespace");
            steps.add(new ProcessStep.Setns(pidNamespace, Namespaces.flag(NamespaceType.PID)));
        }
        List<Slot> opened = perform(steps, before);
        Slot userNamespace = wiring.joined().get(NamespaceType.USER);
        if (userNamespace != null) {
            // The monitor too: what the child is cloned into then belongs to this user namespace. It stays the host's
            // root by its
            // ids, which are unmapped inside, and cannot be looked into from there.
            steps.purpose("joining the user namespace");
            steps.add(new ProcessStep.Setns(userNamespace, Namespaces.flag(NamespaceType.USER)));
        }
        long flags = namespaces;
        if (!clocks.isEmpty() && (namespaces & CLONE_NEWTIME) != 0) {
            flags &= ~CLONE_NEWTIME;
            setClocks(steps, clocks);
        }
        boolean intoCgroup = !wiring.cgroup().equals(Flow.Clone.NO_CGROUP);
        steps.purpose("making the namespaces");
        steps.add(new Flow.Clone(
                flags | CLONE_ALWAYS | (intoCgroup ? CLONE_INTO_CGROUP : 0), PID, PIDFD, wiring.cgroup(), child));
        steps.purpose("watching the process");
        steps.add(new ProcessStep.BlockSignals());
        opened.forEach(slot -> steps.add(new FileStep.Close(slot)));
        closeAllButMonitors(steps);
        steps.add(new Flow.Supervise(
                wiring.control(),
                wiring.report(),
                wiring.events(),
                wiring.index(),
                wiring.input(),
                PIDFD,
                PID,
                wiring.spillBytes(),
                wiring.lonelySignal(),
                wiring.streams()));
        return steps;
    }

    /** Adds what is done before; the result is what it opens, for the child alone. */
    private static List<Slot> perform(Steps steps, Steps before) {
        if (before.isEmpty()) {
            return List.of();
        }
        SequencedSet<Slot> opened = new LinkedHashSet<>();
        // The first three numbers are the child's standard streams, which would take the place of what is opened.
        for (int i = 0; i < STANDARD_STREAMS; i++) {
            Slot number = Slot.result("reserved" + i);
            steps.add(new FileStep.OpenAt(
                    number, Slot.CURRENT_DIRECTORY, "/", OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC, 0));
            opened.add(number);
        }
        for (Steps.Item item : before.items()) {
            steps.purpose(item.purpose()).add(item.step());
            if (item.step() instanceof SystemCall call) {
                call.call().result().ifPresent(opened::add);
            }
            if (item.step() instanceof FileStep.Close(Slot closed)) {
                opened.remove(closed);
            }
        }
        return List.copyOf(opened);
    }

    private static void setClocks(Steps steps, Map<String, TimeOffset> clocks) {
        steps.purpose("setting the clocks");
        Slot file = Slot.result("timens_offsets");
        steps.add(new ProcessStep.Unshare(CLONE_NEWTIME));
        steps.add(new FileStep.OpenAt(
                file, Slot.CURRENT_DIRECTORY, "/proc/self/timens_offsets", OpenFlag.WRONLY | OpenFlag.CLOEXEC, 0));
        clocks.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(clock -> steps.add(new FileStep.Write(
                        file,
                        clock.getKey() + " " + clock.getValue().secs() + " "
                                + clock.getValue().nanosecs() + "\n")));
        steps.add(new FileStep.Close(file));
    }

    /**
     * The child's descriptors go. The pidfd is a result and its number not known, so it is left of a gap: it was made when all below
     * the highest inherited number were in use or closed.
     */
    private void closeAllButMonitors(Steps steps) {
        for (int number : new TreeSet<>(wiring.all())) {
            if (!wiring.inMonitor().contains(number)) {
                steps.add(new FileStep.Close(Slot.fixed(Integer.toString(number), number)));
            }
        }
    }

    static void closeAllBut(Steps steps, List<Integer> kept) {
        int next = 0;
        for (int number : new TreeSet<>(kept)) {
            if (number > next) {
                steps.add(new FileStep.CloseRange(next, number - 1, false));
            }
            next = number + 1;
        }
        steps.add(new FileStep.CloseRange(next, FileStep.CloseRange.LAST, false));
    }
}
