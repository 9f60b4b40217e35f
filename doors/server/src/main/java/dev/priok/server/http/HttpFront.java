package dev.priok.server.http;

import dev.priok.server.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty with a handler that may block: every request has a virtual thread. */
public final class HttpFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

    /** Selectors and their stand-ins; requests run on virtual threads. */
    private static final int PLATFORM_THREADS = 16;

    /** X-Registry-Config carries the credentials of every registry of the user, in base64. */
    private static final int REQUEST_HEADER_BYTES = 256 << 10;

    /** Fewer reads for a large body; a connection has this only while it is being read from. */
    private static final int INPUT_BUFFER_BYTES = 64 << 10;

    /** Connections that wait in the kernel while a burst is accepted; the kernel caps it at net.core.somaxconn. */
    private static final int BACKLOG = 512;

    private final Server server;
    private final ExchangeHandler handler;
    private final Duration stopGrace;
    private final AtomicLong ids = new AtomicLong();
    private final Set<Exchange> active = ConcurrentHashMap.newKeySet();
    private final List<UnixSocketFile> socketFiles = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private HttpFront(ExchangeHandler handler, Duration stopGrace) {
        this.handler = handler;
        this.stopGrace = stopGrace;
        var pool = new QueuedThreadPool(PLATFORM_THREADS, 2);
        pool.setName("http");
        pool.setReservedThreads(0);
        pool.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory()));
        this.server = new Server(pool);
        server.setHandler(new Blocking());
        server.setErrorHandler(new ErrorPages());
        server.setStopTimeout(0);
    }

    /**
     * Listens, and answers from then on.
     *
     * @throws IOException when one of the listeners cannot be had; then none is
     */
    public static HttpFront start(List<Listener> listeners, Duration stopGrace, ExchangeHandler handler)
            throws IOException {
        var front = new HttpFront(handler, stopGrace);
        try {
            front.listen(listeners);
            return front;
        } catch (IOException e) {
            front.close();
            throw e;
        }
    }

    private void listen(List<Listener> listeners) throws IOException {
        var connectors = new ArrayList<AbstractConnector>();
        for (Listener listener : listeners) {
            switch (listener) {
                case Listener.Unix unix -> {
                    UnixSocketFile file = UnixSocketFile.prepare(unix.path());
                    socketFiles.add(file);
                    var connector = new SocketConnector(server, http());
                    connector.setUnixDomainPath(file.bindPath());
                    connector.setAcceptQueueSize(BACKLOG);
                    connectors.add(connector);
                }
                case Listener.Tcp tcp -> connectors.add(connector(tcp));
                case Listener.Inherited _ -> connectors.add(inherited());
            }
        }
        for (AbstractConnector connector : connectors) {
            // A wait or an attach may be silent for days.
            connector.setIdleTimeout(0);
            server.addConnector(connector);
        }
        startServer(listeners);
        int sockets = 0;
        for (int i = 0; i < listeners.size(); i++) {
            if (listeners.get(i) instanceof Listener.Unix unix) {
                socketFiles.get(sockets++).publish(unix.group());
                LOG.info("API listens on {}", unix.path());
            } else if (connectors.get(i) instanceof ServerConnector tcp
                    && tcp.getTransport() instanceof ServerSocketChannel channel
                    && channel.getLocalAddress() instanceof InetSocketAddress address) {
                addresses.add(address);
                LOG.info("API listens on {}", address);
            }
        }
    }

    private ServerConnector connector(Listener.Tcp tcp) throws IOException {
        ServerConnector connector;
        if (tcp.tls().isPresent()) {
            var tls = new SslConnectionFactory(TlsFiles.contextOf(tcp.tls().get()), "http/1.1");
            connector = new ServerConnector(server, 0, 1, tls, http());
        } else {
            connector = new ServerConnector(server, 0, 1, http());
        }
        connector.setHost(tcp.host());
        connector.setPort(tcp.port());
        connector.setAcceptQueueSize(BACKLOG);
        return connector;
    }

    private UnixDomainServerConnector inherited() throws IOException {
        if (!(System.inheritedChannel() instanceof ServerSocketChannel channel)
                || !(channel.getLocalAddress() instanceof UnixDomainSocketAddress address)) {
            throw new IOException("no unix socket was inherited as standard input: start by priokd.socket");
        }
        LOG.info("API listens on {}, inherited", address);
        var connector = new SocketConnector(server, http());
        connector.setInheritChannel(true);
        return connector;
    }

    private static HttpConnectionFactory http() {
        var config = new HttpConfiguration();
        config.setSendServerVersion(false);
        // Clients check the server's certificate against the address that they dialled; what the Host header says is
        // theirs.
        config.addCustomizer(new SecureRequestCustomizer(false));
        config.setSendDateHeader(true);
        config.setRequestHeaderSize(REQUEST_HEADER_BYTES);
        config.setInputBufferSize(INPUT_BUFFER_BYTES);
        // Clients send image names with slashes, plain or escaped; the router takes paths apart itself.
        config.setUriCompliance(UriCompliance.UNSAFE);
        config.setHttpCompliance(HttpCompliance.RFC7230_LEGACY.with(
                "ENGINE", HttpCompliance.Violation.UNSAFE_HOST_HEADER, HttpCompliance.Violation.MISMATCHED_AUTHORITY));
        return new HttpConnectionFactory(config);
    }

    private void startServer(List<Listener> listeners) throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot listen on " + listeners, e);
        }
    }

    /** The TCP addresses that are listened on, in the order of the listeners. */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Stops accepting, ends answers that wait for something, waits a while for those that do something, then closes every
     * connection.
     */
    @Override
    public void close() {
        for (UnixSocketFile file : socketFiles) {
            closeQuietly(file);
        }
        for (var connector : server.getConnectors()) {
            // Completes when its connections are gone, which the loop below sees to.
            var _ = connector.shutdown();
        }
        long deadline = System.nanoTime() + stopGrace.toNanos();
        try {
            while (!active.isEmpty() && System.nanoTime() < deadline) {
                active.forEach(Exchange::serverStops);
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while stopping", e);
            Thread.currentThread().interrupt();
        }
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the HTTP server did not stop cleanly", e);
        }
    }

    private static void closeQuietly(UnixSocketFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("cannot take a socket away: {}", e.toString());
        }
    }

    private final class Blocking extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var exchange = new Exchange(ids.incrementAndGet(), request, response);
            active.add(exchange);
            try {
                handler.handle(exchange);
                exchange.finish();
                active.remove(exchange);
                callback.succeeded();
            } catch (IOException e) {
                LOG.debug("{}: the client is gone (499)", exchange, e);
                fail(exchange, callback, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail(exchange, callback, e);
            } catch (Throwable e) {
                LOG.error("{} failed", exchange, e);
                fail(exchange, callback, e);
            }
            return true;
        }

        private void fail(Exchange exchange, Callback callback, Throwable cause) {
            active.remove(exchange);
            if (exchange.abort()) {
                callback.succeeded();
            } else {
                callback.failed(cause);
            }
        }
    }
}
