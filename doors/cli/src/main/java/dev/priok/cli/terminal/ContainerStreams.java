package dev.priok.cli.terminal;

import dev.priok.cli.command.Session;
import dev.priok.client.Hijacked;
import dev.priok.client.MultiplexedStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** Connects this process's standard streams with those of a container or of a command in it, over a hijacked connection. */
public final class ContainerStreams {
    private static final int COPY_BYTES = 32 * 1024;

    /** How the copying came to its end. */
    public enum End {
        /** The other side closed its output. */
        OUTPUT_ENDED,
        /** The user typed the detach keys. */
        DETACHED
    }

    /**
     * What to connect.
     *
     * @param isTty whether the other side has a terminal: bytes are then raw, and so is this side's terminal
     * @param stdin whether to send standard input
     * @param stdout whether to print its standard output
     * @param stderr whether to print its standard error
     * @param detachKeys the keys that end the session
     */
    public record Plan(boolean isTty, boolean stdin, boolean stdout, boolean stderr, DetachKeys detachKeys) {}

    private final Session session;
    private final Hijacked connection;
    private final Plan plan;
    private volatile boolean isDetached;

    public ContainerStreams(Session session, Hijacked connection, Plan plan) {
        this.session = session;
        this.connection = connection;
        this.plan = plan;
    }

    /**
     * Copies until the output ends or the user detaches; blocks.
     *
     * @throws IOException when the connection breaks or standard output is closed
     */
    public End copy() throws IOException {
        session.flush();
        boolean takesTerminal =
                plan.isTty() && plan.stdin() && session.terminal().isInput();
        try (Terminal.Raw _ = takesTerminal ? session.terminal().enterRaw() : () -> {}) {
            CountDownLatch inputEnded = new CountDownLatch(1);
            Thread.ofPlatform().daemon().name("stdin").start(() -> copyInput(inputEnded));
            if (plan.stdout() || plan.stderr()) {
                copyOutput();
            } else {
                inputEnded.await();
            }
        } catch (IOException e) {
            if (!isDetached) {
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return isDetached ? End.DETACHED : End.OUTPUT_ENDED;
    }

    private void copyOutput() throws IOException {
        OutputStream out = plan.stdout() ? session.rawOut() : OutputStream.nullOutputStream();
        OutputStream err = plan.stderr() ? session.rawErr() : OutputStream.nullOutputStream();
        if (plan.isTty()) {
            copy(connection.input(), out);
        } else {
            MultiplexedStream.copy(connection.input(), out, err);
        }
    }

    private void copyInput(CountDownLatch ended) {
        try {
            if (plan.stdin()) {
                if (plan.isTty()) {
                    DetachKeys.Input keys = plan.detachKeys().watch(session.in());
                    copy(keys, connection.output());
                    if (keys.isDetached()) {
                        isDetached = true;
                        connection.close();
                        return;
                    }
                } else {
                    copy(session.in(), connection.output());
                }
            }
            connection.closeOutput();
        } catch (IOException _) {
            // The other side no longer reads: its output, which goes on, tells the rest.
        } finally {
            ended.countDown();
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[COPY_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (n > 0) {
                out.write(buffer, 0, n);
                out.flush();
            }
        }
    }
}
