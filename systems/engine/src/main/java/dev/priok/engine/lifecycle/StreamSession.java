package dev.priok.engine.lifecycle;

import dev.priok.engine.OutputSink;
import dev.priok.engine.Session;
import dev.priok.logs.Attachment;
import dev.priok.logs.LogStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client at the streams of a container or of an exec session: the part that both share. */
abstract class StreamSession implements Session, InputGate.Session {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSession.class);

    private final Machine machine;
    private final boolean tty;
    private final boolean takesInput;
    private final DetachKeys detachKeys;
    private final InputGate input;
    private final Attachment attachment;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final AtomicBoolean connected = new AtomicBoolean();
    private final AtomicBoolean inputClosed = new AtomicBoolean();

    StreamSession(
            Machine machine,
            boolean tty,
            boolean takesInput,
            @Nullable String detachKeys,
            InputGate input,
            Attachment attachment) {
        this.machine = machine;
        this.tty = tty;
        this.takesInput = takesInput;
        this.detachKeys = DetachKeys.parse(detachKeys);
        this.input = input;
        this.attachment = attachment;
    }

    /** What comes before the live output: a replayed log, the start of a process. False ends the session. */
    abstract boolean begin(OutputSink sink) throws IOException, InterruptedException;

    /** All output was delivered: waits for what the client may ask for next. */
    void delivered() throws InterruptedException {}

    /** The user typed the detach keys. */
    abstract void detached();

    /** The client sends no more. False when the process goes on waiting for input, and the session ends, as Docker's does. */
    abstract boolean inputEnded() throws IOException;

    @Override
    public boolean tty() {
        return tty;
    }

    @Override
    public void connect(OutputSink sink) {
        if (connected.compareAndSet(false, true)) {
            machine.run(() -> deliver(sink));
        }
    }

    private void deliver(OutputSink sink) {
        try {
            if (!begin(sink)) {
                end(Ended.OUTPUT_ENDED);
                return;
            }
            Optional<Attachment.Chunk> chunk = attachment.next();
            while (chunk.isPresent()) {
                byte[] bytes = chunk.get().bytes();
                sink.write(channel(chunk.get().stream()), bytes, 0, bytes.length);
                chunk = attachment.next();
            }
            if (attachment.reason() == Attachment.End.OVERRUN) {
                end(Ended.CLIENT_GONE);
                return;
            }
            delivered();
            end(Ended.OUTPUT_ENDED);
        } catch (IOException e) {
            LOG.debug("a client went away", e);
            end(Ended.CLIENT_GONE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            end(Ended.CLIENT_GONE);
        } catch (RuntimeException e) {
            LOG.warn("a session of a client broke", e);
            end(Ended.CLIENT_GONE);
        }
    }

    static OutputSink.Channel channel(LogStream stream) {
        return stream == LogStream.STDERR ? OutputSink.Channel.STDERR : OutputSink.Channel.STDOUT;
    }

    static void say(OutputSink sink, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sink.write(OutputSink.Channel.STDOUT, bytes, 0, bytes.length);
    }

    void end(Ended why) {
        attachment.close();
        ended.complete(why);
    }

    @Override
    public boolean stopped() {
        return ended.isDone();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        if (!takesInput || length == 0 || stopped()) {
            return;
        }
        AtomicBoolean found = new AtomicBoolean();
        byte[] bytes = buffer;
        int from = offset;
        int count = length;
        if (tty) {
            bytes = detachKeys.filter(buffer, offset, length, () -> found.set(true));
            from = 0;
            count = bytes.length;
        }
        try {
            if (count > 0) {
                input.write(bytes, from, count, this);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("writing to the process was interrupted");
        }
        if (found.get()) {
            detached();
            end(Ended.DETACHED);
        }
    }

    @Override
    public void closeInput() {
        if (takesInput && inputClosed.compareAndSet(false, true)) {
            try {
                if (!inputEnded()) {
                    end(Ended.OUTPUT_ENDED);
                }
            } catch (IOException e) {
                LOG.debug("closing the input of a process", e);
            }
        }
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }

    @Override
    public void close() {
        closeInput();
        end(Ended.CLIENT_GONE);
    }
}
