package dev.priok.server.route;

import dev.priok.engine.OutputSink;
import dev.priok.engine.Session;
import dev.priok.server.http.Hijacked;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins an engine's session to a connection that was taken over. */
final class SessionStreams {
    private static final Logger LOG = LoggerFactory.getLogger(SessionStreams.class);

    private static final int BUFFER_BYTES = 32 << 10;

    /**
     * How long a client may take to close its side after it saw the end of the output. Closing under unread input would reset a
     * TCP connection, and the reset can overtake output that is still on its way.
     */
    private static final long LINGER_MILLIS = 500;

    /** How long the session of a silent process may outlive its client. */
    private static final long LOOK_AFTER_MILLIS = 3000;

    private SessionStreams() {}

    /** The content type of a session's output for this client. */
    static String contentType(Call call, boolean tty) {
        return !tty && call.version().atLeast(42) ? Call.MULTIPLEXED : Call.RAW;
    }

    /**
     * Runs a session with a container to its end on the call's connection; both are closed then.
     *
     * @param live whether output that comes from now on is wanted, not only what was logged
     */
    static void attach(Session session, Call call, boolean live) throws IOException, InterruptedException {
        try (session) {
            Hijacked connection = call.exchange().hijack(contentType(call, session.tty()));
            if (!live) {
                // Before there is output: docker-py loses what it reads together with the head.
                connection.output().flush();
            }
            // Before the client knows that it is attached: what it starts then may end at once.
            session.connect(sink(session.tty(), connection));
            try (connection) {
                connection.output().flush();
                pump(session, connection);
            }
        }
    }

    /**
     * Starts the process of an exec session, and runs the session to its end on the call's connection.
     *
     * @param raw whether the client takes plain output; whether the process has a terminal does not matter, as in Docker
     */
    static void start(Session session, Call call, boolean raw) throws IOException, InterruptedException {
        try (session;
                Hijacked connection = call.exchange().hijack(contentType(call, raw))) {
            // Before there is output: docker-py loses what it reads together with the head.
            connection.output().flush();
            session.connect(sink(raw, connection));
            pump(session, connection);
        }
    }

    private static OutputSink sink(boolean raw, Hijacked connection) {
        return raw ? Frames.raw(connection.output()) : Frames.multiplexed(connection.output());
    }

    private static void pump(Session session, Hijacked connection) throws InterruptedException {
        var inputDone = new CountDownLatch(1);
        Thread.ofVirtual().name("session-input").start(() -> {
            try {
                pumpInput(session, connection.input());
            } finally {
                inputDone.countDown();
            }
        });
        try {
            Session.Ended ended = awaitEnd(session, connection, inputDone);
            LOG.debug("session ended: {}", ended);
            connection.endOutput();
            if (ended != Session.Ended.CLIENT_GONE) {
                boolean closed = inputDone.await(LINGER_MILLIS, TimeUnit.MILLISECONDS);
                LOG.debug("client closed its side: {}", closed);
            }
        } catch (ExecutionException e) {
            LOG.warn("a session failed", e);
        }
    }

    /** Where nothing is written, nothing tells that a client died whose input has ended: it is looked after. */
    private static Session.Ended awaitEnd(Session session, Hijacked connection, CountDownLatch inputDone)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                return session.ended().get(LOOK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                if (inputDone.getCount() == 0 && isGone(connection)) {
                    session.close();
                }
            }
        }
    }

    private static boolean isGone(Hijacked connection) {
        try {
            return connection.clientGone();
        } catch (IOException e) {
            LOG.debug("a client cannot be looked after", e);
            return false;
        }
    }

    /** Input goes to the process until the client ends it; what comes for a session that ended is dropped. */
    private static void pumpInput(Session session, InputStream in) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!session.ended().isDone()) {
                    session.write(buffer, 0, n);
                }
            }
            session.closeInput();
        } catch (IOException e) {
            LOG.debug("the connection of a session is gone", e);
            session.close();
        }
    }
}
