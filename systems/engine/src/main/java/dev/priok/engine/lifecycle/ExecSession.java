package dev.priok.engine.lifecycle;

import dev.priok.engine.ExecSpec;
import dev.priok.engine.Execs.ExecView;
import dev.priok.engine.spec.Signals;
import dev.priok.logs.Fanout;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A further process in a container: made, started once, ended. */
final class ExecSession {
    /** Where it is in its life. */
    enum Phase {
        MADE,
        STARTING,
        RUNNING,
        ENDED
    }

    /** What users see of it. */
    record Shown(
            Phase phase,
            int pid,
            @Nullable Integer exitCode,
            @Nullable Instant endedAt) {}

    final Container container;
    final Fanout fanout = new Fanout();
    final InputGate input = new InputGate();
    private final String id;
    private final ExecSpec spec;

    /** Completes with the exit code. */
    final CompletableFuture<Integer> exited = new CompletableFuture<>();

    private volatile @Nullable RuntimeProcess process;
    private boolean inputEnded;
    private volatile Shown shown = new Shown(Phase.MADE, 0, null, null);

    ExecSession(String id, Container container, ExecSpec spec) {
        this.id = id;
        this.container = container;
        this.spec = spec;
    }

    String id() {
        return id;
    }

    ExecSpec spec() {
        return spec;
    }

    Shown shown() {
        return shown;
    }

    boolean running() {
        return shown.phase() == Phase.RUNNING;
    }

    /** Takes the one start it has; false when somebody took it. */
    synchronized boolean takeStart() {
        if (shown.phase() != Phase.MADE) {
            return false;
        }
        shown = new Shown(Phase.STARTING, 0, null, null);
        return true;
    }

    synchronized void started(RuntimeProcess started) throws IOException {
        process = started;
        shown = new Shown(Phase.RUNNING, started.pid(), null, null);
        if (inputEnded) {
            closeInput();
        }
    }

    synchronized void ended(int exitCode, Instant at) {
        shown = new Shown(Phase.ENDED, shown.pid(), exitCode, at);
    }

    /** Ends its standard input; that of a process that is yet to start ends at its start. */
    synchronized void closeInput() throws IOException {
        inputEnded = true;
        input.close();
        RuntimeProcess running = process;
        if (running != null) {
            running.closeStdin();
        }
    }

    /** Ends it by force; nothing happens when it does not run. */
    void kill() throws IOException {
        RuntimeProcess running = process;
        if (running != null && running()) {
            running.signal(Signals.KILL);
        }
    }

    /** The container ended; the kernel ends this process with it, and its own end is noticed by itself. */
    void containerEnded() {
        input.close();
    }

    ExecView view() {
        Shown now = shown;
        return new ExecView(id, container.id(), spec, now.phase() == Phase.RUNNING, now.exitCode(), now.pid());
    }
}
