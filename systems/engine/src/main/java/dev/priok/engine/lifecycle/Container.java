package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.WaitCondition;
import dev.priok.engine.state.Condition;
import dev.priok.engine.state.Definition;
import dev.priok.logs.Fanout;
import dev.priok.logs.LogDriver;
import dev.priok.logs.Overflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One container. What users see of it is one immutable value, published whole: reading takes no lock. Transitions take
 * {@link #lock}, one at a time; it is held for the milliseconds of a start, and never while somebody waits for an end.
 */
public final class Container {
    /** What users see: both halves belong to the same instant. */
    public record Shown(Definition definition, Condition condition) {
        public ContainerState state() {
            return condition.state();
        }
    }

    final ReentrantLock lock = new ReentrantLock();
    final Folders folders;
    final Fanout fanout = new Fanout();
    final InputGate input = new InputGate();
    final RestartBackoff backoff = new RestartBackoff();
    final LogDriver log;
    final Map<String, ExecSession> execs = new ConcurrentHashMap<>();
    private final Waiters waiters = new Waiters();
    private volatile Shown shown;
    /** Guarded by {@link #waiters}. */
    private Consumer<Definition> definitions = _ -> {};

    /** The run that goes on; written with {@link #lock} held. */
    volatile @Nullable Run run;

    /** A restart that waits for its time; guarded by {@link #lock}. */
    @Nullable
    Future<?> pendingRestart;

    /** Whether somebody removes it; guarded by {@link #lock}. */
    boolean removing;

    /** Whether the client that gives input once was done before the start; guarded by {@link #lock}. */
    boolean inputEnded;

    /** Whether a user restarts it: neither policy nor auto-removal follow the end; guarded by {@link #lock}. */
    boolean restartedByUser;

    /** The last run's leftovers are gone when it completes; guarded by {@link #lock}. */
    CompletableFuture<@Nullable Void> cleaned = CompletableFuture.completedFuture(null);

    Container(Definition definition, Condition condition, Folders folders, LogDriver log) {
        this.shown = new Shown(definition, condition);
        this.folders = folders;
        this.log = log;
        log.overflow().ifPresent(overflow -> overflow.atLeast(condition.dropped()));
    }

    public String id() {
        return shown.definition().id();
    }

    public Shown shown() {
        return shown;
    }

    public Definition definition() {
        return shown.definition();
    }

    public ContainerState state() {
        return shown.condition().state();
    }

    public Folders folders() {
        return folders;
    }

    public LogDriver log() {
        return log;
    }

    /** Sessions that run in it now. */
    public List<String> execIds() {
        return execs.values().stream()
                .filter(ExecSession::running)
                .map(ExecSession::id)
                .sorted()
                .toList();
    }

    /** Where its journals are: a container that never waits for its log must not wait for the disk. */
    Path journals() {
        return folders.journals(log.overflow().isPresent());
    }

    /** Where the journals are of a run that another engine began, which may have had them elsewhere. */
    Path journalsLeft() {
        Path kept = journals();
        return Files.isDirectory(kept) ? kept : folders.journals(false);
    }

    /** What its log lacks because it came faster than the log could take it. */
    public Optional<Overflow.Dropped> dropped() {
        return log.overflow().map(Overflow::dropped);
    }

    void publish(Condition condition) {
        synchronized (waiters) {
            shown = new Shown(shown.definition(), condition);
        }
    }

    void publish(Definition definition) {
        synchronized (waiters) {
            shown = new Shown(definition, shown.condition());
            definitions.accept(definition);
        }
    }

    /** Tells {@code listener} of the definition that is, and of each that will be. */
    void tellOfDefinitions(Consumer<Definition> listener) {
        synchronized (waiters) {
            definitions = listener;
            listener.accept(shown.definition());
        }
    }

    /** Completes when the condition holds. */
    public CompletableFuture<ExitStatus> await(WaitCondition condition) {
        synchronized (waiters) {
            ContainerState state = state();
            return waiters.add(condition, state.running(), new ExitStatus(state.exitCode(), null));
        }
    }

    Waiters waiters() {
        return waiters;
    }

    /** The run that goes on; a conflict when there is none. Call it with the lock held. */
    Run liveRun() {
        Run live = run;
        if (live == null || !state().live()) {
            throw notRunning();
        }
        return live;
    }

    Failure notRunning() {
        return Failure.conflict("container %s is not running", id());
    }

    /** What events say of it: labels, image and name, and what is added. */
    Map<String, String> attributes(String... more) {
        Definition definition = definition();
        Map<String, String> all = new LinkedHashMap<>(definition.spec().labels());
        if (!definition.spec().image().isEmpty()) {
            all.put("image", definition.spec().image());
        }
        all.put("name", definition.name());
        for (int i = 0; i + 1 < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }
}
