package dev.priok.registryserver.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty with a virtual thread for each request. */
public final class HttpFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

    private static final int PLATFORM_THREADS = 16;
    private static final int BACKLOG = 1024;
    /** Tokens with many scopes are some kilobytes. */
    private static final int REQUEST_HEADER_BYTES = 64 << 10;

    private static final int INPUT_BUFFER_BYTES = 64 << 10;
    /** A client that neither sends nor reads for so long is gone. */
    private static final long IDLE_MILLIS = 120_000;

    /** Answers one exchange. */
    @FunctionalInterface
    public interface ExchangeHandler {
        void handle(Exchange exchange) throws IOException;
    }

    private final Server server;
    private final ServerConnector connector;

    private HttpFront(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Listens, and answers from then on.
     *
     * @param stopMillis how long a stop waits for requests
     * @throws IOException when the address cannot be had
     */
    public static HttpFront start(
            String host, int port, Optional<TlsContext> tls, long stopMillis, ExchangeHandler handler)
            throws IOException {
        var pool = new QueuedThreadPool(PLATFORM_THREADS, 2);
        pool.setName("registry");
        pool.setReservedThreads(0);
        pool.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("registry-request-", 0).factory()));
        var server = new Server(pool);
        server.setHandler(new Blocking(handler));
        server.setStopTimeout(stopMillis);
        var config = new HttpConfiguration();
        config.setSendServerVersion(false);
        config.setSendDateHeader(true);
        config.setRequestHeaderSize(REQUEST_HEADER_BYTES);
        config.setInputBufferSize(INPUT_BUFFER_BYTES);
        config.setUriCompliance(UriCompliance.UNSAFE);
        // Clients check the certificate; what the Host header says is theirs.
        config.addCustomizer(new SecureRequestCustomizer(false));
        var http = new HttpConnectionFactory(config);
        var connector = tls.isPresent()
                ? new ServerConnector(
                        server, 0, 1, new SslConnectionFactory(tls.get().context(), "http/1.1"), http)
                : new ServerConnector(server, 0, 1, http);
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot listen on %s:%d".formatted(host, port), e);
        }
        return new HttpFront(server, connector);
    }

    /** The address that is listened on. */
    public InetSocketAddress address() throws IOException {
        if (connector.getTransport() instanceof ServerSocketChannel channel
                && channel.getLocalAddress() instanceof InetSocketAddress address) {
            return address;
        }
        throw new IOException("the registry does not listen");
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the registry's HTTP server did not stop cleanly", e);
        }
    }

    private static final class Blocking extends Handler.Abstract {
        private final ExchangeHandler handler;

        Blocking(ExchangeHandler handler) {
            this.handler = handler;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var exchange = new Exchange(request, response);
            try {
                handler.handle(exchange);
                exchange.drain();
                callback.succeeded();
            } catch (IOException e) {
                LOG.debug("{} {}: the client is gone", request.getMethod(), exchange.path(), e);
                callback.failed(e);
            } catch (Throwable e) {
                LOG.error("{} {} failed", request.getMethod(), exchange.path(), e);
                callback.failed(e);
            }
            return true;
        }
    }
}
