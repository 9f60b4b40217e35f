package dev.priok.engine.fakes;

import dev.priok.core.Durations;
import dev.priok.core.PhaseTimes;
import dev.priok.linux.Fd;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartPhase;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Processes that only pretend. The program says what they do: {@code exit N} ends at once, {@code stubborn} ignores SIGTERM, {@code
 * missing} cannot be started, {@code broken} has no usable streams, everything else runs until a signal ends it. It outlives engines, as monitors do.
 */
public final class FakeRuntime implements ContainerRuntime {
    private final Map<Path, FakeProcess> byState = new ConcurrentHashMap<>();
    private final PhaseTimes<StartPhase> times = new PhaseTimes<>(StartPhase.class);
    public final AtomicInteger pids = new AtomicInteger(1000);
    public final AtomicInteger starts = new AtomicInteger();

    /** What happens while a container is started. */
    public volatile Runnable duringStart = () -> {};

    @Override
    public Map<StartPhase, Durations> startTimes() {
        return times.durations();
    }

    @Override
    public Map<StartPhase, Durations> execTimes() {
        return times.durations();
    }

    @Override
    public RuntimeProcess start(StartRequest request) throws IOException {
        starts.incrementAndGet();
        duringStart.run();
        return begin(request.id(), request.spec().process().args(), request.state());
    }

    @Override
    public RuntimeProcess exec(ExecRequest request) throws IOException {
        return begin(request.id(), request.process().args(), request.state());
    }

    private FakeProcess begin(String id, List<String> args, Path state) throws IOException {
        if (args.getFirst().equals("missing")) {
            throw new StartException(
                    StartException.Reason.NOT_FOUND, "exec: \"missing\": executable file not found in $PATH");
        }
        Files.writeString(state.resolve("monitor.json"), "{}");
        FakeProcess process = new FakeProcess(id, pids.incrementAndGet(), args);
        byState.put(state, process);
        if (args.getFirst().equals("exit")) {
            process.end(Integer.parseInt(args.get(1)) << 8);
        }
        return process;
    }

    @Override
    public Reattached reattach(Path state) {
        FakeProcess process = byState.get(state);
        if (process == null) {
            return new Reattached.Ended(Optional.empty());
        }
        return process.monitorGone
                ? new Reattached.Ended(Optional.ofNullable(process.exit.getNow(null)))
                : new Reattached.Supervised(process);
    }

    @Override
    public void stopped(Path state) {}

    @Override
    public UserNamespace makeUserNamespace(List<IdMapping> uids, List<IdMapping> gids, boolean network) {
        throw new UnsupportedOperationException("no test needs one");
    }

    @Override
    public List<String> stepsOf(StartRequest request) {
        return List.of("execve " + request.spec().process().args());
    }

    @Override
    public void close() {
        // Monitors live on.
    }

    /** The process of a container. */
    public FakeProcess of(String id) {
        return byState.values().stream()
                .filter(p -> p.id().equals(id))
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    /** One of them. */
    public static final class FakeProcess implements RuntimeProcess {
        private final String id;
        private final int pid;
        private final List<String> args;
        public final List<Integer> signals = new CopyOnWriteArrayList<>();
        final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        public volatile boolean monitorGone;

        /** Ended, but nobody was told yet. */
        public volatile boolean reaped;

        /** Whether nobody gets at its streams. */
        public volatile boolean broken;

        FakeProcess(String id, int pid, List<String> args) {
            this.id = id;
            this.pid = pid;
            this.args = args;
            this.broken = args.getFirst().equals("broken");
        }

        /** Ends it with a status as wait(2) encodes it. */
        public void end(int waitStatus) {
            exit.complete(new ExitStatus(waitStatus, Instant.now()));
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
            return List.of();
        }

        @Override
        public Optional<Fd> stdin() {
            return Optional.empty();
        }

        @Override
        public Optional<Fd> stdout() {
            if (broken) {
                throw new IllegalStateException("broken streams");
            }
            return Optional.empty();
        }

        @Override
        public Optional<Fd> stderr() {
            return Optional.empty();
        }

        @Override
        public Optional<Fd> terminal() {
            return Optional.empty();
        }

        @Override
        public Optional<Fd> journal(int stream) {
            return Optional.empty();
        }

        @Override
        public CompletionStage<ExitStatus> exit() {
            return exit;
        }

        @Override
        public boolean signal(int number) {
            if (exit.isDone() || reaped) {
                return false;
            }
            if (number == 0) {
                return true;
            }
            signals.add(number);
            if (number == 9 || (number == 15 && !args.getFirst().equals("stubborn"))) {
                end(number);
            }
            return true;
        }

        @Override
        public void resize(TerminalCalls.Size size) {
            throw new UnsupportedOperationException("resize");
        }

        @Override
        public void closeStdin() {
            // There is none.
        }

        @Override
        public void drained() {
            monitorGone = true;
        }

        @Override
        public void close() {
            // The monitor lives on.
        }
    }
}
