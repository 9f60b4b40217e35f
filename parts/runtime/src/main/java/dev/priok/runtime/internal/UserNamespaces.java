package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.Launcher;
import dev.priok.init.ProcessStep;
import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Architecture;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes user namespaces. A process of many threads cannot make one for itself, so a short-lived process does; this one, which is
 * privileged outside, writes its maps and keeps a descriptor of it.
 */
final class UserNamespaces implements AutoCloseable {
    /** A holder has a handful of calls to make. */
    private static final int PATIENCE_MILLIS = 10_000;

    /** One for each mapping that mounts have; a host has a few. */
    private static final int MOST_KEPT = 64;

    private static final Slot ZERO = Slot.fixed("0", 0);

    private final Launcher launcher;
    private final Map<UserIds, Fd> kept = new LinkedHashMap<>();

    UserNamespaces(Launcher launcher) {
        this.launcher = launcher;
    }

    /** A fresh user namespace, and a network namespace that belongs to it if one is wanted. */
    record Made(Fd user, Optional<Fd> network) implements AutoCloseable {
        @Override
        public void close() {
            user.close();
            network.ifPresent(Fd::close);
        }
    }

    Made make(UserIds ids, boolean network) throws IOException {
        if (ids.uids().isEmpty() || ids.gids().isEmpty()) {
            throw Failure.invalid("a user namespace needs mappings of users and of groups");
        }
        try (Holder holder = new Holder(wired -> {
            Steps steps = new Steps("making a user namespace");
            steps.add(new ProcessStep.Unshare(Namespaces.flag(NamespaceType.USER)));
            wired.pause(steps);
            if (network) {
                steps.purpose("making a network namespace");
                steps.add(new ProcessStep.Unshare(Namespaces.flag(NamespaceType.NETWORK)));
            }
            wired.pause(steps);
            return steps;
        })) {
            holder.awaitPause();
            holder.write("uid_map", UserIds.lines(ids.uids()));
            holder.write("gid_map", UserIds.lines(ids.gids()));
            holder.goOn();
            holder.awaitPause();
            Fd user = holder.open("ns/user");
            try {
                return new Made(user, network ? Optional.of(holder.open("ns/net")) : Optional.empty());
            } catch (IOException e) {
                user.close();
                throw e;
            }
        }
    }

    /** The maps of a user namespace that somebody else made. */
    UserIds idsOf(Fd namespace) throws IOException {
        try (Holder holder = new Holder(
                wired -> {
                    Steps steps = new Steps("joining the user namespace");
                    steps.add(new ProcessStep.Setns(
                            Slot.inherited("user", namespace), Namespaces.flag(NamespaceType.USER)));
                    wired.pause(steps);
                    return steps;
                },
                namespace)) {
            holder.awaitPause();
            return new UserIds(UserIds.ranges(holder.read("uid_map")), UserIds.ranges(holder.read("gid_map")));
        }
    }

    /** A user namespace that no process is in, for the mapping of mounts alone; stays this object's. */
    synchronized Fd forMounts(UserIds ids) throws IOException {
        Fd known = kept.get(ids);
        if (known != null) {
            return known;
        }
        if (kept.size() >= MOST_KEPT) {
            UserIds oldest = kept.keySet().iterator().next();
            Fd gone = kept.remove(oldest);
            if (gone != null) {
                gone.close();
            }
        }
        Fd made = make(ids, false).user();
        kept.put(ids, made);
        return made;
    }

    @Override
    public synchronized void close() {
        kept.values().forEach(Fd::close);
        kept.clear();
    }

    /** Where a holder tells that it waits, and where it is told to go on. */
    private record Wired(Slot report, Slot control) {
        void pause(Steps steps) {
            steps.add(new FileStep.WriteReport(report, Report.Kind.PAUSED, ZERO));
            steps.add(new FileStep.AwaitByte(control));
        }
    }

    private interface Plan {
        Steps steps(Wired wired);
    }

    /** The process that a namespace is made by. */
    private final class Holder implements AutoCloseable {
        private final Program program;
        private final Fd reports;
        private final Fd control;
        private final int pid;
        private final Fd process;

        Holder(Plan plan, Fd... further) throws IOException {
            DescriptorCalls.Pipe report = DescriptorCalls.host().pipe();
            DescriptorCalls.Pipe commands = DescriptorCalls.host().pipe();
            reports = report.read();
            control = commands.write();
            try (Fd theirReport = report.write();
                    Fd theirControl = commands.read()) {
                Slot out = Slot.inherited("report", theirReport);
                List<Fd> inherited = new java.util.ArrayList<>(List.of(further));
                inherited.add(theirReport);
                inherited.add(theirControl);
                Steps steps = new Steps("starting");
                MonitorSteps.closeAllBut(
                        steps, inherited.stream().map(Fd::number).toList());
                for (Steps.Item item : plan.steps(new Wired(out, Slot.inherited("control", theirControl)))
                        .items()) {
                    steps.purpose(item.purpose()).add(item.step());
                }
                program = Program.of(steps, out, Architecture.current());
                pid = launcher.launch(program, "priok-namespace", inherited);
                process = ProcessCalls.host().pidfdOpen(pid);
            } catch (IOException | RuntimeException e) {
                reports.close();
                control.close();
                throw e;
            }
        }

        void awaitPause() throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(Report.BYTES).order(ByteOrder.nativeOrder());
            int n = DescriptorCalls.host().read(reports, buffer);
            Report report = n == Report.BYTES
                    ? Report.read(buffer.flip()).orElseThrow()
                    : new Report(Report.Kind.FAILED, -1, Errno.EIO.code(), 0);
            if (report.kind() != Report.Kind.PAUSED) {
                throw new SyscallException(program.purposeOf(report.index()), Errno.of((int) report.value()));
            }
        }

        void goOn() throws IOException {
            DescriptorCalls.host().writeAll(control, new byte[] {1});
        }

        void write(String file, String text) throws IOException {
            try (Fd map = FileCalls.host().open("/proc/" + pid + "/" + file, OpenFlag.WRONLY)) {
                DescriptorCalls.host().writeAll(map, text.getBytes(StandardCharsets.US_ASCII));
            } catch (SyscallException e) {
                throw new IOException(
                        "writing the " + file + " " + text.strip() + ": "
                                + e.errno().message(),
                        e);
            }
        }

        String read(String file) throws IOException {
            return ProcFiles.text(Path.of("/proc/" + pid + "/" + file));
        }

        Fd open(String file) throws IOException {
            return FileCalls.host().open("/proc/" + pid + "/" + file, OpenFlag.RDONLY);
        }

        /** It ends when nobody holds the other ends of its pipes, within a millisecond. */
        @Override
        public void close() throws IOException {
            control.close();
            reports.close();
            try (process;
                    Epoll epoll = new Epoll()) {
                ProcessCalls.host().signal(process, 9);
                epoll.add(process, Epoll.IN, 1);
                epoll.await(PATIENCE_MILLIS, (_, _) -> {});
                ProcessCalls.host().reap(process);
            }
        }
    }
}
