package dev.priok.logs.internal;

import dev.priok.linux.Epoll;
import dev.priok.linux.Fd;
import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pump's thread. It waits for all sources at once and gives each that is ready one turn after the other. When many sources
 * bring little each, it lets those that only a log waits for gather for some milliseconds: one write instead of ten.
 */
public final class PumpLoop implements OutputPump {
    private static final Logger LOG = LoggerFactory.getLogger(PumpLoop.class);

    private static final long WAKE_KEY = 0;
    private static final long LAZY_KEY = 1;
    private static final long FIRST_KEY = 2;

    /** Below this, a turn costs more for the calls than for the bytes. */
    private static final int SMALL_READ_BYTES = 8 << 10;

    /** Sources that are ready again so soon after the last pass are busy. */
    private static final long BUSY_NANOS = 2_000_000;

    /** Nobody who reads a log notices, and a 64 KiB pipe does not fill by writes that are small enough for a rest. */
    private static final long LONGEST_REST_NANOS = 10_000_000;

    private static final long FIRST_REST_NANOS = 1_000_000;

    private record Watched(Tap tap, PumpedOutput output) {}

    private final InstantSource clock;
    private final Thread thread;
    private final Epoll eager;
    private final Epoll lazy;
    private final Doorbell bell;
    private final Posted posted = new Posted();
    private final Map<Long, Watched> watched = new HashMap<>();
    private final Set<PumpedOutput> outputs = new HashSet<>();
    private final List<PumpedOutput> stalled = new ArrayList<>();
    private final Audiences audiences = new Audiences();
    private final Round round = new Round();
    private List<PumpedOutput> due = new ArrayList<>();
    private List<PumpedOutput> passing = new ArrayList<>();
    private long nextKey = FIRST_KEY;
    private long restNanos;
    private long restUntil;
    private boolean lazyMasked;
    private boolean lazyReady;
    private boolean lazyPass;
    private volatile boolean closing;
    private @Nullable Intake intake;

    private PumpLoop(InstantSource clock, Epoll eager, Epoll lazy, Doorbell bell) {
        this.clock = clock;
        this.eager = eager;
        this.lazy = lazy;
        this.bell = bell;
        thread = Thread.ofPlatform().name("output-pump").daemon().unstarted(this::run);
    }

    /** Starts the thread. */
    public static PumpLoop start(InstantSource clock) throws IOException {
        List<AutoCloseable> opened = new ArrayList<>();
        Epoll eager = new Epoll();
        opened.add(eager);
        try {
            Epoll lazy = new Epoll();
            opened.add(lazy);
            Doorbell bell = new Doorbell(eager, WAKE_KEY);
            opened.add(bell);
            eager.add(lazy, Epoll.IN, LAZY_KEY);
            PumpLoop loop = new PumpLoop(clock, eager, lazy, bell);
            loop.thread.start();
            opened.clear();
            return loop;
        } finally {
            for (AutoCloseable left : opened) {
                closeQuietly(left);
            }
        }
    }

    private static void closeQuietly(AutoCloseable left) {
        try {
            left.close();
        } catch (Exception e) {
            LOG.warn("closing {}", left, e);
        }
    }

    /** What outputs ask of the pump, done on its thread. */
    private final class Posted implements PumpedOutput.Ends {
        @Override
        public void more(PumpedOutput output) {
            // While the pump hangs in a disk's writing, what is asked of it must not pile up.
            if (!output.asked().compareAndSet(false, true)) {
                return;
            }
            bell.post(() -> {
                output.asked().set(false);
                if (output.stalled()) {
                    settle(output);
                } else if (outputs.contains(output)) {
                    due(output);
                }
            });
        }

        @Override
        public Audiences audiences() {
            return audiences;
        }

        @Override
        public void abandon(PumpedOutput output) {
            bell.post(() -> giveUp(output));
        }

        @Override
        public void drop(PumpedOutput output) {
            bell.post(() -> {
                output.dropNow();
                abandonInlets(output);
                settle(output);
            });
        }
    }

    @Override
    public Pumped add(Output output) throws IOException {
        PumpedOutput pumped;
        try {
            if (output.journals().isPresent() && output.driver().overflow().isPresent()) {
                // Before the pump has the output: this can fail.
                Intake _ = intake();
            }
            audiences.take(output);
            pumped = PumpedOutput.open(output, posted);
        } catch (IOException | RuntimeException e) {
            audiences.forget(output);
            output.journals().ifPresent(dev.priok.logs.Journals::close);
            throw e;
        }
        output.fanout().onRoom(() -> bell.post(() -> settle(pumped)));
        bell.post(() -> {
            outputs.add(pumped);
            settle(pumped);
        });
        for (Tap tap : pumped.taps()) {
            Optional<Inlet> inlet = tap.inlet();
            if (inlet.isPresent()) {
                intake().add(inlet.get());
            }
        }
        return pumped;
    }

    /** Started when the first container needs it. */
    private synchronized Intake intake() throws IOException {
        Intake running = intake;
        if (running == null || !running.alive()) {
            running = Intake.start();
            intake = running;
        }
        return running;
    }

    private synchronized void closeIntake() {
        if (intake != null) {
            intake.close();
        }
    }

    @Override
    public void close() {
        closing = true;
        bell.awaitEnd(thread);
    }

    private void run() {
        try {
            while (!closing) {
                await();
                pass();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the pump of output has broken; containers wait until the daemon is started again", e);
        } finally {
            closing = true;
            bell.leave();
            bell.run();
            closeIntake();
            outputs.forEach(PumpedOutput::leave);
            eager.close();
            lazy.close();
            bell.close();
        }
    }

    /** Waits until something is due. */
    private void await() throws IOException {
        long before = System.nanoTime();
        boolean resting = restUntil - before > 0;
        if (resting != lazyMasked) {
            eager.modify(lazy, resting ? 0 : Epoll.IN, LAZY_KEY);
            lazyMasked = resting;
        }
        eager.await(timeoutMillis(before, resting), this::ready);
        bell.run();
        long now = System.nanoTime();
        if (lazyReady) {
            lazyReady = false;
            lazyPass = true;
            lazy.await(0, this::ready);
            boolean busy = now - Math.max(before, restUntil) < BUSY_NANOS;
            restNanos = busy ? Math.clamp(restNanos * 2, FIRST_REST_NANOS, LONGEST_REST_NANOS) : 0;
        }
        for (int i = stalled.size() - 1; i >= 0; i--) {
            if (now - stalled.get(i).retryAt() >= 0) {
                due(stalled.remove(i));
            }
        }
    }

    private int timeoutMillis(long now, boolean resting) {
        if (!due.isEmpty() || !bell.quiet()) {
            return 0;
        }
        long wait = resting ? restUntil - now : Long.MAX_VALUE;
        for (PumpedOutput output : stalled) {
            wait = Math.min(wait, Math.max(0, output.retryAt() - now));
        }
        return wait == Long.MAX_VALUE ? -1 : (int) Math.ceilDiv(wait, 1_000_000L);
    }

    private void ready(long key, int events) throws IOException {
        if (key == WAKE_KEY) {
            bell.heard();
        } else if (key == LAZY_KEY) {
            lazyReady = true;
        } else {
            Watched source = watched.get(key);
            if (source != null) {
                source.tap().ready = true;
                due(source.output());
            }
        }
    }

    private void due(PumpedOutput output) {
        if (!output.queued) {
            output.queued = true;
            due.add(output);
        }
    }

    /** Gives each output that is due its turn. */
    private void pass() throws IOException {
        if (due.isEmpty()) {
            return;
        }
        List<PumpedOutput> now = due;
        due = passing;
        passing = now;
        round.begin(Timestamp.nanos(clock.instant()));
        for (PumpedOutput output : now) {
            output.queued = false;
            if (!outputs.contains(output)) {
                continue;
            }
            boolean more = !output.heldUp() && output.service(round);
            settle(output);
            if (more && !output.stalled()) {
                due(output);
            }
        }
        now.clear();
        if (lazyPass) {
            lazyPass = false;
            restNanos = round.smallReads(SMALL_READ_BYTES) ? restNanos : 0;
            restUntil = System.nanoTime() + restNanos;
        }
    }

    /** Watches what should be watched, closes what has ended, and ends what is finished. */
    private void settle(PumpedOutput output) {
        if (!outputs.contains(output)) {
            return;
        }
        if (output.stalled() && !stalled.contains(output)) {
            stalled.add(output);
        }
        boolean lost = output.lost();
        boolean held = lost || output.stalled() || output.heldUp();
        try {
            for (Tap tap : output.taps()) {
                if (tap.ended()) {
                    watch(tap, Tap.Watch.NOT, output);
                    tap.close();
                } else {
                    watch(tap, held ? Tap.Watch.NOT : tap.wanted(), output);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("output cannot be waited for", e);
        }
        if (lost) {
            outputs.remove(output);
            stalled.remove(output);
            output.lose();
        } else if (output.finished()) {
            outputs.remove(output);
            output.finish();
        } else if (!held && output.runnable()) {
            due(output);
        }
    }

    private void watch(Tap tap, Tap.Watch wanted, PumpedOutput output) throws IOException {
        if (tap.watch == wanted) {
            return;
        }
        Fd source = tap.descriptor().orElse(null);
        if (tap.watch != Tap.Watch.NOT && source != null) {
            (tap.watch == Tap.Watch.EAGER ? eager : lazy).remove(source);
            watched.remove(tap.key);
        }
        tap.watch = Tap.Watch.NOT;
        if (wanted != Tap.Watch.NOT && source != null) {
            tap.key = nextKey++;
            (wanted == Tap.Watch.EAGER ? eager : lazy).add(source, Epoll.IN, tap.key);
            watched.put(tap.key, new Watched(tap, output));
            tap.watch = wanted;
        }
    }

    private void giveUp(PumpedOutput output) {
        if (outputs.contains(output)) {
            output.giveUp();
            abandonInlets(output);
            due(output);
        }
    }

    private synchronized void abandonInlets(PumpedOutput output) {
        Intake running = intake;
        if (running != null) {
            output.taps().forEach(tap -> tap.inlet().ifPresent(running::abandon));
        }
    }
}
