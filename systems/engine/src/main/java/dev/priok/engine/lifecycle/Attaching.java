package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState;
import dev.priok.engine.Containers.AttachRequest;
import dev.priok.engine.OutputSink;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.Session;
import dev.priok.logs.Attachment;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins clients to the streams of containers and exec sessions. */
public final class Attaching {
    private static final Logger LOG = LoggerFactory.getLogger(Attaching.class);

    private final Machine machine;
    private final ExecSessions execs;

    Attaching(Machine machine, ExecSessions execs) {
        this.machine = machine;
        this.execs = execs;
    }

    /** Checks, and joins: what is written from now on is kept for the client. */
    public Session attach(Container container, AttachRequest request) {
        ContainerState state = container.state();
        if (state.paused()) {
            throw Failure.conflict("container %s is paused, unpause the container before attach", container.id());
        }
        if (state.restarting()) {
            throw Failure.conflict("container %s is restarting, wait until the container is running", container.id());
        }
        DetachKeys.parse(request.detachKeys());
        // Whoever comes before the start owns the output and may hold it up; a later guest may not.
        Attachment.WhenFull whenFull = state.live() ? Attachment.WhenFull.DISCONNECT : Attachment.WhenFull.BLOCK;
        Attachment attachment = container.fanout.attach(request.stdout(), request.stderr(), whenFull);
        machine.publish("container", "attach", container.id(), container.attributes());
        return new ContainerSession(machine, container, request, attachment);
    }

    /** Checks, and takes the start of an exec session; {@link Session#connect} starts it. */
    public Session exec(String id, int height, int width) {
        return new ProcessSession(machine, execs, execs.take(id), height, width);
    }

    private static final class ContainerSession extends StreamSession {
        /** A process may also close its streams and live on; its clients are then let go, as Docker lets them. */
        private static final Duration STREAMS_CLOSED = Duration.ofSeconds(5);

        private final Machine machine;
        private final Container container;
        private final AttachRequest request;

        ContainerSession(Machine machine, Container container, AttachRequest request, Attachment attachment) {
            super(
                    machine,
                    container.definition().spec().process().tty(),
                    request.stdin()
                            && request.stream()
                            && container.definition().spec().process().openStdin(),
                    request.detachKeys(),
                    container.input,
                    attachment);
            this.machine = machine;
            this.container = container;
            this.request = request;
        }

        @Override
        boolean begin(OutputSink sink) throws IOException, InterruptedException {
            if (request.logs()) {
                LogQuery all = new LogQuery(
                        request.stdout(),
                        request.stderr(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        false,
                        false);
                Optional<LogCursor> log = container.log.read(all);
                if (log.isPresent()) {
                    try (LogCursor cursor = log.get()) {
                        Optional<LogEntry> entry = cursor.next();
                        while (entry.isPresent()) {
                            sink.write(
                                    channel(entry.get().stream()),
                                    entry.get().bytes(),
                                    0,
                                    entry.get().bytes().length);
                            entry = cursor.next();
                        }
                    }
                }
            }
            return request.stream();
        }

        /** Clients ask for the exit code as soon as the stream ends, and must find it. */
        @Override
        void delivered() throws InterruptedException {
            Run run = container.run;
            if (run == null || !run.pumped.ended()) {
                return; // it was dealt with, and the next one may be running
            }
            try {
                run.finished.get(STREAMS_CLOSED.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.debug("container {} has closed its output and goes on", container.id(), e);
            }
        }

        @Override
        void detached() {
            machine.publish("container", "detach", container.id(), container.attributes());
        }

        @Override
        boolean inputEnded() throws IOException {
            ProcessSpec process = container.definition().spec().process();
            if (!process.stdinOnce() || process.tty()) {
                return false;
            }
            container.lock.lock();
            try {
                Run run = container.run;
                if (run == null) {
                    container.inputEnded = true;
                } else {
                    container.input.close();
                    run.process.closeStdin();
                }
            } finally {
                container.lock.unlock();
            }
            return true;
        }
    }

    private static final class ProcessSession extends StreamSession {
        private final ExecSessions execs;
        private final ExecSession exec;
        private final int height;
        private final int width;

        ProcessSession(Machine machine, ExecSessions execs, ExecSession exec, int height, int width) {
            super(
                    machine,
                    exec.spec().tty(),
                    exec.spec().attachStdin(),
                    exec.spec().detachKeys(),
                    exec.input,
                    exec.fanout.attach(
                            exec.spec().attachStdout(), exec.spec().attachStderr(), Attachment.WhenFull.BLOCK));
            this.execs = execs;
            this.exec = exec;
            this.height = height;
            this.width = width;
        }

        @Override
        boolean begin(OutputSink sink) throws IOException {
            try {
                execs.launch(exec, height, width);
                return true;
            } catch (IOException | RuntimeException e) {
                say(sink, ExecSessions.startError(e) + "\r\n");
                return false;
            }
        }

        /** Clients ask for the exit code as soon as the stream ends, and must find it. */
        @Override
        void delivered() throws InterruptedException {
            try {
                exec.exited.get();
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException("the end of exec session " + exec.id() + " was not noted", e);
            }
        }

        @Override
        void detached() {
            execs.detached(exec);
        }

        @Override
        boolean inputEnded() throws IOException {
            if (exec.spec().tty()) {
                return false;
            }
            exec.closeInput();
            return true;
        }
    }
}
