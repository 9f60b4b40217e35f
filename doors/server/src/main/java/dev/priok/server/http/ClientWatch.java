package dev.priok.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a client hangs up while its request is being answered. Jetty looks at a connection again only when the answer is
 * complete, and an answer that follows a silent container may never be; so this reads in its place. Should the client send its
 * next request early, the bytes are handed back.
 */
final class ClientWatch implements Callback, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);

    /** A pipelined request is short; a client that sends more before its answer is not watched any further. */
    private static final int EARLY_BYTES = 4096;

    private final EndPoint endPoint;
    private @Nullable Runnable whenGone;
    private @Nullable ByteBuffer early;
    private boolean reading;
    private boolean gone;
    private boolean closed;

    ClientWatch(EndPoint endPoint) {
        this.endPoint = endPoint;
    }

    /** Registers what is to be run, which is at once when the client is gone already. */
    synchronized void register(Runnable action) {
        if (gone) {
            Thread.startVirtualThread(action);
        } else {
            whenGone = action;
        }
    }

    /** Begins to look; only when the body of the request has been read, or there is none. */
    synchronized void arm() {
        if (whenGone != null && !reading && early == null && !closed) {
            reading = endPoint.tryFillInterested(this);
        }
    }

    synchronized void forget() {
        whenGone = null;
    }

    synchronized boolean isGone() {
        return gone;
    }

    /** Something can be read, or the peer closed. Runs on the selector's thread, and never blocks. */
    @Override
    public synchronized void succeeded() {
        reading = false;
        if (closed) {
            return;
        }
        ByteBuffer buffer = BufferUtil.allocate(EARLY_BYTES);
        try {
            int filled = endPoint.fill(buffer);
            if (filled < 0) {
                hungUp();
            } else if (filled == 0) {
                reading = endPoint.tryFillInterested(this);
            } else {
                early = buffer;
            }
        } catch (IOException e) {
            LOG.debug("reading from a client failed", e);
            hungUp();
        }
    }

    @Override
    public synchronized void failed(Throwable cause) {
        reading = false;
        if (!closed) {
            hungUp();
        }
    }

    @Override
    public Invocable.InvocationType getInvocationType() {
        return Invocable.InvocationType.NON_BLOCKING;
    }

    synchronized void serverStops() {
        if (!closed) {
            hungUp();
        }
    }

    private void hungUp() {
        Runnable action = whenGone;
        whenGone = null;
        gone = true;
        if (action != null) {
            Thread.startVirtualThread(action);
        }
    }

    /** Ends the watch before Jetty may look at the connection again. */
    @Override
    public void close() {
        boolean pending;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            whenGone = null;
            pending = reading;
        }
        if (pending && endPoint instanceof AbstractEndPoint abstractEndPoint) {
            // Takes our callback out of the end point: it runs, sees closed, and leaves the bytes alone.
            abstractEndPoint.getFillInterest().fillable();
        }
        ByteBuffer bytes;
        synchronized (this) {
            bytes = early;
            early = null;
        }
        if (bytes != null && endPoint.getConnection() instanceof Connection.UpgradeTo http) {
            http.onUpgradeTo(bytes);
        }
    }
}
