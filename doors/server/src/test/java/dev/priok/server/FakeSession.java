package dev.priok.server;

import dev.priok.engine.OutputSink;
import dev.priok.engine.Session;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session with a pretended process; the process may start long after the session. */
final class FakeSession implements Session {
    private final boolean tty;
    private final Consumer<FakeSession> whenConnected;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final CompletableFuture<FakeProcess> process = new CompletableFuture<>();
    private @Nullable OutputSink sink;

    FakeSession(boolean tty, Consumer<FakeSession> whenConnected) {
        this.tty = tty;
        this.whenConnected = whenConnected;
    }

    void processIs(FakeProcess started) {
        started.join(this);
        process.complete(started);
    }

    synchronized void output(OutputSink.Channel channel, byte[] bytes, int length) {
        try {
            if (sink != null && !ended.isDone()) {
                sink.write(channel, bytes, 0, length);
            }
        } catch (IOException e) {
            ended.complete(Ended.CLIENT_GONE);
        }
    }

    void finish(Ended how) {
        ended.complete(how);
    }

    @Override
    public boolean tty() {
        return tty;
    }

    @Override
    public void connect(OutputSink output) {
        synchronized (this) {
            sink = output;
        }
        whenConnected.accept(this);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        process.join().write(buffer, offset, length);
    }

    @Override
    public void closeInput() {
        var _ = process.thenAccept(FakeProcess::closeInput);
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }

    @Override
    public void close() {
        ended.complete(Ended.CLIENT_GONE);
    }
}
