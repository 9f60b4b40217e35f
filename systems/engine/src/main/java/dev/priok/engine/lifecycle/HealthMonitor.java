package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Health;
import dev.priok.engine.ContainerState.Probe;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.state.Condition;
import dev.priok.logs.Attachment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Probes one run of a container again and again (moby {@code daemon/health.go}). */
final class HealthMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DEFAULT_START_INTERVAL = Duration.ofSeconds(5);
    private static final int DEFAULT_RETRIES = 3;
    /** Results that inspect shows. */
    private static final int KEPT_RESULTS = 5;
    /** A chatty probe must not fill the state. */
    private static final int KEPT_OUTPUT_BYTES = 4096;
    /** A probe that was killed has this long to be gone. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(5);

    private static final Duration AFTER_EXIT = Duration.ofSeconds(1);

    private final Machine machine;
    private final ExecSessions execs;
    private final Container container;
    private final Run run;
    private final Healthcheck check;
    private final Consumer<Container> whenUnhealthy;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    HealthMonitor(
            Machine machine,
            ExecSessions execs,
            Container container,
            Run run,
            Healthcheck check,
            Consumer<Container> whenUnhealthy) {
        this.machine = machine;
        this.execs = execs;
        this.container = container;
        this.run = run;
        this.check = check;
        this.whenUnhealthy = whenUnhealthy;
    }

    void begin() {
        machine.run(this::probeUntilClosed);
    }

    @Override
    public void close() {
        closed = true;
        Thread prober = thread;
        if (prober != null) {
            prober.interrupt();
        }
    }

    private void probeUntilClosed() {
        thread = Thread.currentThread();
        try {
            while (!closed) {
                Thread.sleep(interval());
                if (!closed && container.state().status() == Status.RUNNING) {
                    record(probe());
                }
            }
        } catch (InterruptedException _) {
            // The run has ended, or the engine closes.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the health of container {} is not watched any more", container.id(), e);
        }
    }

    private Duration interval() {
        boolean starting = inStartPeriod() && "starting".equals(status());
        return starting
                ? or(check.startIntervalNanos(), DEFAULT_START_INTERVAL)
                : or(check.intervalNanos(), DEFAULT_INTERVAL);
    }

    private boolean inStartPeriod() {
        return check.startPeriodNanos() > 0
                && machine.now().isBefore(run.startedAt.plusNanos(check.startPeriodNanos()));
    }

    private @Nullable String status() {
        Health health = container.state().health();
        return health == null ? null : health.status();
    }

    private static Duration or(long nanos, Duration otherwise) {
        return nanos == 0 ? otherwise : Duration.ofNanos(nanos);
    }

    private Probe probe() throws InterruptedException {
        ExecSpec spec = new ExecSpec(
                HealthVerdict.command(
                        check, container.definition().spec().process().shell()),
                List.of(),
                "",
                "",
                false,
                false,
                false,
                true,
                true,
                null,
                0,
                0);
        ExecSession session = execs.make(container, spec);
        execs.publish(session, "exec_create: " + String.join(" ", spec.cmd()));
        Instant start = machine.now();
        boolean _ = session.takeStart();
        try (Attachment output = session.fanout.attach(true, true, Attachment.WhenFull.BLOCK)) {
            execs.launch(session, 0, 0);
            Capture capture = new Capture(output);
            machine.run(capture::read);
            return await(session, capture, start);
        } catch (IOException | Failure e) {
            return new Probe(start, machine.now(), -1, ExecSessions.startError(e));
        }
    }

    private Probe await(ExecSession session, Capture capture, Instant start) throws InterruptedException, IOException {
        Duration timeout = or(check.timeoutNanos(), DEFAULT_TIMEOUT);
        try {
            int code = session.exited.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            capture.awaitEnd();
            return new Probe(start, machine.now(), code, capture.text());
        } catch (TimeoutException _) {
            session.kill();
            try {
                session.exited.get(AFTER_KILL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.warn("a probe of container {} does not end", container.id(), e);
            }
            String text = "Health check exceeded timeout (%s): %s"
                    .formatted(HealthVerdict.goDuration(timeout), capture.text());
            return new Probe(start, machine.now(), -1, text);
        } catch (ExecutionException e) {
            return new Probe(start, machine.now(), -1, String.valueOf(e.getCause()));
        }
    }

    private void record(Probe probe) {
        container.lock.lock();
        try {
            Condition condition = container.shown().condition();
            Health before = condition.state().health();
            if (closed || container.run != run || before == null) {
                return;
            }
            int retries = check.retries() == 0 ? DEFAULT_RETRIES : check.retries();
            Health verdict = HealthVerdict.after(before, probe.exitCode(), retries, inStartPeriod());
            List<Probe> log = new ArrayList<>(before.log());
            log.add(probe);
            Health after = new Health(
                    verdict.status(),
                    verdict.failingStreak(),
                    log.subList(Math.max(0, log.size() - KEPT_RESULTS), log.size()));
            container.publish(condition.withState(condition.state().withHealth(after)));
            if (!after.status().equals(before.status())) {
                machine.publish(
                        "container", "health_status: " + after.status(), container.id(), container.attributes());
                if (after.status().equals("unhealthy")) {
                    machine.run(() -> whenUnhealthy.accept(container));
                }
            }
        } finally {
            container.lock.unlock();
        }
    }

    /** What a probe wrote, up to a bound. */
    private static final class Capture {
        private final Attachment output;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch ended = new CountDownLatch(1);
        private boolean cut;

        Capture(Attachment output) {
            this.output = output;
        }

        void read() {
            try {
                Optional<Attachment.Chunk> chunk = output.next();
                while (chunk.isPresent()) {
                    add(chunk.get().bytes());
                    chunk = output.next();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                ended.countDown();
            }
        }

        /** Waits until all that was written has been read, which the end of the probe does not wait for. */
        void awaitEnd() throws InterruptedException {
            if (!ended.await(AFTER_EXIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the output of a probe that has ended is not read to its end");
            }
        }

        private synchronized void add(byte[] more) {
            int room = KEPT_OUTPUT_BYTES - bytes.size();
            bytes.write(more, 0, Math.min(room, more.length));
            cut |= more.length > room;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8) + (cut ? "..." : "");
        }
    }
}
