package dev.priok.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Accepts on a unix socket, from old clients too: the docker command before version 25 names the path of the socket as its host
 * when it takes a connection over, Go empties such a host, and Jetty refuses an empty one.
 */
final class SocketConnector extends UnixDomainServerConnector {
    SocketConnector(Server server, HttpConnectionFactory http) {
        super(server, 0, 1, http);
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new UnixDomainSelectorManager(executor, scheduler, selectors) {
            @Override
            protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
                var endPoint = new FirstHost((SocketChannel) channel, selector, key, getScheduler());
                endPoint.setIdleTimeout(getIdleTimeout());
                return endPoint;
            }
        };
    }

    /** Puts a host of one letter in the place of the blank in an empty Host header, in the head of the first request alone. */
    static final class FirstHost extends SocketChannelEndPoint {
        private boolean seen;

        FirstHost(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
            super(channel, selector, key, scheduler);
        }

        @Override
        public int fill(ByteBuffer buffer) throws IOException {
            int filled = super.fill(buffer);
            if (!seen && filled > 0) {
                seen = true;
                nameHost(buffer, buffer.limit() - filled);
            }
            return filled;
        }
    }

    private static final byte[] BLANK_HOST = "\r\nHost: \r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BLANK_AT = BLANK_HOST.length - 3;

    /** Changes the first empty Host header between {@code from} and the end of the head, if there is one. */
    static void nameHost(ByteBuffer buffer, int from) {
        for (int i = from; i + BLANK_HOST.length <= buffer.limit(); i++) {
            if (buffer.get(i) != '\r') {
                continue;
            }
            if (buffer.get(i + 2) == '\r' && buffer.get(i + 3) == '\n') {
                return;
            }
            if (matches(buffer, i)) {
                buffer.put(i + BLANK_AT, (byte) 'd');
                return;
            }
        }
    }

    private static boolean matches(ByteBuffer buffer, int at) {
        for (int j = 0; j < BLANK_HOST.length; j++) {
            if (buffer.get(at + j) != BLANK_HOST[j]) {
                return false;
            }
        }
        return true;
    }
}
