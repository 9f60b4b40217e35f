package dev.priok.runtime.internal;

import dev.priok.init.Report;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a daemon comes back to a process that a former one started; see docs/decisions/0002. */
final class Reattachment {
    /** A monitor answers at once, unless its child still hangs in a step. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long NANOS_A_SECOND = 1_000_000_000L;

    private final Path state;
    private final HostFacts host;
    private final Watcher watcher;
    private final InstantSource clock;

    Reattachment(Path state, HostFacts host, Watcher watcher, InstantSource clock) {
        this.state = state;
        this.host = host;
        this.watcher = watcher;
        this.clock = clock;
    }

    /** Finds the monitor and takes over from it, or reads how its process ended. */
    Reattached find() throws IOException {
        Optional<MonitorRecord> record = MonitorRecord.read(state);
        Optional<Report> itself = MonitorRecord.last(MonitorRecord.events(state), Report.Kind.MONITOR);
        if (record.isEmpty() || itself.isEmpty() || !record.get().bootId().equals(host.bootId())) {
            return ended();
        }
        int pid = (int) itself.get().value();
        Fd monitor;
        try {
            monitor = ProcessCalls.host().pidfdOpen(pid);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ESRCH) {
                return ended();
            }
            throw e;
        }
        Optional<DaemonEnds> ends = isMonitor(pid, record.get())
                ? takeEnds(monitor, pid, record.get().descriptors())
                : Optional.empty();
        if (ends.isEmpty()) {
            monitor.close();
            return ended();
        }
        return takeOver(record.get(), monitor, ends.get());
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

    private Reattached takeOver(MonitorRecord record, Fd monitor, DaemonEnds ends) throws IOException {
        MonitoredProcess process = new MonitoredProcess(record.id(), monitor, ends, List.of(), clock);
        watcher.watch(process);
        process.command('T');
        try {
            Report ready = process.ready().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            process.running(ready);
            process.recall(MonitorRecord.events(state));
            return new Reattached.Supervised(process);
        } catch (ExecutionException _) {
            // It ended while it was asked: all is in the files.
            process.close();
            return ended();
        } catch (SyscallException e) {
            process.close();
            if (e.errno() == Errno.ESRCH) {
                return ended();
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

    private Reattached ended() throws IOException {
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

    private static @Nullable Fd take(Fd monitor, int number) throws IOException {
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
}
