package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.Report;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import dev.priok.linux.TerminalCalls;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process and its monitor, as this daemon sees them. Reports come in on the watcher's thread. */
final class MonitoredProcess implements RuntimeProcess {
    private static final Logger LOG = LoggerFactory.getLogger(MonitoredProcess.class);

    private static final int SIGKILL = 9;
    private static final long NANOS_A_SECOND = 1_000_000_000L;

    private final String id;
    private final Fd monitor;
    private final DaemonEnds ends;
    private final List<String> warnings;
    private final InstantSource clock;
    private final CompletableFuture<Report> started = new CompletableFuture<>();
    private final CompletableFuture<Report> ready = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final BlockingQueue<Report> steps = new LinkedBlockingQueue<>();
    private volatile int paused;
    private final List<Report> notes = new ArrayList<>();

    /** Of the first process; guarded by this. */
    private @Nullable Fd process;

    private volatile int pid;

    /**
     * A process that is being started or found again.
     *
     * @param monitor pidfd of the monitor; owned by this object, as {@code ends} are
     */
    MonitoredProcess(String id, Fd monitor, DaemonEnds ends, List<String> warnings, InstantSource clock) {
        this.id = id;
        this.monitor = monitor;
        this.ends = ends;
        this.warnings = List.copyOf(warnings);
        this.clock = clock;
    }

    /** The first of STARTED and FAILED, or empty-handed (an exception) when the monitor ends before. */
    CompletableFuture<Report> started() {
        return started;
    }

    CompletableFuture<Report> ready() {
        return ready;
    }

    /** Completes when the monitor is gone. */
    CompletableFuture<Boolean> ended() {
        return ended;
    }

    /**
     * Waits for the next thing that a start tells.
     *
     * @return whether it is of this kind; false too when the time is over
     */
    boolean awaitPause(Duration patience, Report.Kind kind) throws IOException {
        try {
            Report next = steps.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            paused = next == null ? 0 : (int) next.value();
            return next != null && next.kind() == kind;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + id, e);
        }
    }

    /** What the last pause said. */
    int paused() {
        return paused;
    }

    /** Errors that were tolerated on the way; complete once {@link #started} is. */
    List<Report> notes() {
        synchronized (notes) {
            return List.copyOf(notes);
        }
    }

    Fd report() {
        return ends.report();
    }

    Fd monitor() {
        return monitor;
    }

    void accept(Report report) {
        switch (report.kind()) {
            case NOTED -> {
                synchronized (notes) {
                    notes.add(report);
                }
            }
            case STARTED, FAILED -> {
                started.complete(report);
                steps.add(report);
            }
            case PAUSED -> steps.add(report);
            case READY -> ready.complete(report);
            case MONITOR -> LOG.warn("the monitor of {} reported itself, which belongs into its file", id);
            case EXITED -> exited(report);
        }
    }

    private void exited(Report report) {
        Instant at = Instant.ofEpochSecond(report.nanos() / NANOS_A_SECOND, report.nanos() % NANOS_A_SECOND);
        exit.complete(new ExitStatus((int) report.value(), at));
    }

    /** Takes up what the events file of an earlier time tells. */
    void recall(List<Report> events) {
        MonitorRecord.last(events, Report.Kind.EXITED).ifPresent(this::exited);
    }

    /** The monitor says which process it is of. Its descriptor is copied: the number alone may be somebody else's by now. */
    synchronized void running(Report report) throws IOException {
        pid = (int) report.value();
        process = ProcessCalls.host().takeDescriptor(monitor, report.index());
    }

    /** A descriptor of the first process. */
    synchronized Fd pidfd() {
        if (process == null || !process.isOpen()) {
            throw Failure.conflict("process %s is not running", id);
        }
        return process;
    }

    void monitorEnded() {
        try {
            ProcessCalls.host().reap(monitor);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ECHILD) {
                LOG.warn("reaping the monitor of {} failed", id, e);
            }
            // Else it was another daemon's child.
        }
        started.completeExceptionally(
                new IOException("the monitor of " + id + " ended before the process was started"));
        steps.add(new Report(Report.Kind.MONITOR, 0, 0, 0));
        ready.completeExceptionally(new IOException("the monitor of " + id + " ended"));
        if (!exit.isDone()) {
            lost();
        }
        monitor.close();
        ends.report().close();
        ended.complete(true);
    }

    /** Somebody killed the monitor: nobody will tell how the process ends, so it is ended now. */
    private void lost() {
        boolean had = pid != 0;
        try {
            if (had) {
                LOG.warn("the monitor of {} was killed; killing process {}", id, pid);
                signal(SIGKILL);
            }
        } catch (IOException e) {
            LOG.warn("killing process {} of {} failed", pid, id, e);
        }
        exit.complete(new ExitStatus(SIGKILL, clock.instant()));
    }

    void command(char command) throws IOException {
        try {
            DescriptorCalls.host().writeAll(ends.control(), new byte[] {(byte) command});
        } catch (SyscallException e) {
            if (e.errno() != Errno.EPIPE) {
                throw e;
            }
            // The monitor is gone, which the watcher sees.
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public Optional<Fd> stdin() {
        return ends.stdin().filter(Fd::isOpen);
    }

    @Override
    public Optional<Fd> stdout() {
        return ends.stdout();
    }

    @Override
    public Optional<Fd> stderr() {
        return ends.stderr();
    }

    @Override
    public Optional<Fd> terminal() {
        return ends.terminal();
    }

    @Override
    public Optional<Fd> journal(int stream) {
        return Optional.ofNullable(ends.journals().get(stream));
    }

    @Override
    public CompletionStage<ExitStatus> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public synchronized boolean signal(int number) throws IOException {
        return process != null && process.isOpen() && ProcessCalls.host().signal(process, number);
    }

    @Override
    public void resize(TerminalCalls.Size size) throws IOException {
        if (ends.terminal().isPresent() && ends.terminal().get().isOpen()) {
            TerminalCalls.host().resize(ends.terminal().get(), size);
        }
    }

    @Override
    public void closeStdin() throws IOException {
        if (ends.stdin().isPresent()) {
            ends.stdin().get().close();
            command('S');
        }
    }

    @Override
    public synchronized void drained() throws IOException {
        if (ends.control().isOpen()) {
            command('D');
            close();
        }
    }

    @Override
    public synchronized void close() {
        // The pipe of reports stays: the watcher reads it until the monitor has ended.
        ends.control().close();
        List.of(ends.stdin(), ends.stdout(), ends.stderr(), ends.terminal()).forEach(end -> end.ifPresent(Fd::close));
        ends.journals().values().forEach(Fd::close);
        if (process != null) {
            process.close();
        }
    }
}
