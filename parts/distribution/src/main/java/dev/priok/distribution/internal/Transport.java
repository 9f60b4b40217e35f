package dev.priok.distribution.internal;

import dev.priok.core.ClientAgent;
import dev.priok.core.Failure;
import dev.priok.distribution.Proxies;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientConnectionFactory;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.ClientConnectionFactoryOverHTTP2;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 and HTTP/2 with one idea of who is to be trusted. Follows redirects and retries nothing else. */
public final class Transport implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    /** Neither a byte nor an answer for so long means that nothing will come any more. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    /** A registry sends one to its storage, which may send one on. */
    private static final int MAXIMUM_REDIRECTS = 5;
    /** Manifests of a hundred layers at once, and then some. */
    private static final int MAXIMUM_CONNECTIONS = 64;

    private static final int THREADS = 32;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final String BINARY = "application/octet-stream";
    private static final ByteBufferPool.Sized PIECES = new ByteBufferPool.Sized(null, false, 256 << 10);

    private final HttpClient client;
    private final String userAgent;

    public Transport(Trust trust, Proxies proxies, String userAgent) throws IOException {
        this.userAgent = userAgent;
        ClientConnector connector = new ClientConnector();
        SslContextFactory.Client tls = new SslContextFactory.Client();
        tls.setSslContext(trust.context());
        // Whoever trusts everybody does not care for names either; Trust decides.
        tls.setEndpointIdentificationAlgorithm(trust.checksNames() ? "HTTPS" : null);
        connector.setSslContextFactory(tls);
        client = new HttpClient(new HttpClientTransportDynamic(
                connector,
                HttpClientConnectionFactory.HTTP11,
                new ClientConnectionFactoryOverHTTP2.HTTP2(new HTTP2Client(connector))));
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("registry");
        threads.setDaemon(true);
        client.setExecutor(threads);
        client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        client.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        client.setFollowRedirects(false);
        client.setMaxConnectionsPerDestination(MAXIMUM_CONNECTIONS);
        client.setResponseBufferSize(BUFFER_BYTES);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        addProxies(proxies);
        try {
            client.start();
        } catch (Exception e) {
            throw new IOException("cannot start the HTTP client: " + e.getMessage(), e);
        }
        // A blob is what its digest says, whatever Content-Encoding claims; 401 is answered elsewhere.
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().clear();
    }

    private void addProxies(Proxies proxies) {
        proxies.http().ifPresent(uri -> addProxy(uri, "http", proxies));
        proxies.https().ifPresent(uri -> addProxy(uri, "https", proxies));
    }

    private void addProxy(URI uri, String scheme, Proxies proxies) {
        boolean secure = "https".equals(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        client.getProxyConfiguration().addProxy(new HttpProxy(new Origin.Address(uri.getHost(), port), secure) {
            @Override
            public boolean matches(Origin origin) {
                return scheme.equals(origin.getScheme())
                        && proxies.forHost(
                                        scheme,
                                        origin.getAddress().getHost(),
                                        origin.getAddress().getPort())
                                .isPresent();
            }
        });
        String user = uri.getUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            String name = colon < 0 ? user : user.substring(0, colon);
            String password = colon < 0 ? "" : user.substring(colon + 1);
            URI plain = URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port);
            client.getAuthenticationStore()
                    .addAuthenticationResult(
                            new BasicAuthentication.BasicResult(plain, HttpHeader.PROXY_AUTHORIZATION, name, password));
        }
    }

    /**
     * Sends one request and returns when the headers of its answer are there.
     *
     * @throws IOException when nobody answered
     */
    public Reply send(Outgoing request) throws IOException {
        Outgoing next = request;
        for (int i = 0; i <= MAXIMUM_REDIRECTS; i++) {
            Reply reply = sendOnce(next);
            Optional<URI> target = redirect(reply, next);
            if (target.isEmpty()) {
                return reply;
            }
            reply.close();
            boolean sameHost = target.get().getAuthority().equals(next.uri().getAuthority());
            next = (sameHost ? next : next.without("Authorization")).to(target.get());
        }
        throw new IOException("stopped after %d redirects from %s".formatted(MAXIMUM_REDIRECTS, request.uri()));
    }

    private static Optional<URI> redirect(Reply reply, Outgoing request) throws IOException {
        boolean moved = switch (reply.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
        Optional<String> location = reply.header("Location");
        boolean safe = request.method().equals("GET") || request.method().equals("HEAD");
        if (!moved || !safe || location.isEmpty()) {
            return Optional.empty();
        }
        URI target;
        try {
            target = reply.uri().resolve(location.get());
        } catch (IllegalArgumentException e) {
            throw new IOException("%s redirects to something that is no address".formatted(request.uri()), e);
        }
        boolean downgrade = request.uri().getScheme().equals("https") && !"https".equals(target.getScheme());
        if (target.getAuthority() == null || downgrade) {
            throw new Failure(
                    Failure.Kind.INVALID, "%s redirects to %s, which is not safe".formatted(request.uri(), target));
        }
        return Optional.of(target);
    }

    private Reply sendOnce(Outgoing outgoing) throws IOException {
        Request request = client.newRequest(outgoing.uri()).method(outgoing.method());
        String agent = ClientAgent.behind(userAgent);
        request.headers(fields -> {
            fields.put(HttpHeader.USER_AGENT, agent);
            outgoing.headers().forEach(fields::put);
        });
        if (outgoing.body().isPresent()) {
            addBody(request, outgoing.body().get());
        }
        InputStreamResponseListener listener = new InputStreamResponseListener();
        request.send(listener);
        try {
            // The idle timeout ends a request that stands still; this only guards against a request that never started.
            Duration usual = outgoing.body().isPresent() ? Duration.ofHours(12) : IDLE_TIMEOUT.multipliedBy(2);
            Response response = listener.get(outgoing.within().orElse(usual).toSeconds(), TimeUnit.SECONDS);
            return new Reply(
                    outgoing.uri(),
                    response.getStatus(),
                    response.getHeaders().asImmutable(),
                    listener.getInputStream());
        } catch (InterruptedException e) {
            var _ = request.abort(e);
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } catch (TimeoutException e) {
            var _ = request.abort(e);
            throw new IOException("no answer", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(text(e.getCause()), e.getCause());
        }
    }

    private static String text(@Nullable Throwable cause) {
        return cause instanceof TimeoutException
                ? "no byte came for " + IDLE_TIMEOUT.toSeconds() + " seconds"
                : cause == null ? "broken off" : String.valueOf(cause.getMessage());
    }

    private static InterruptedIOException interrupted(InterruptedException e) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        return interrupted;
    }

    private static void addBody(Request request, Outgoing.Body body) throws IOException {
        if (body.length() < 0) {
            request.body(new InputStreamRequestContent(BINARY, body.open(), PIECES));
            return;
        }
        if (body.length() <= BUFFER_BYTES) {
            try (InputStream in = body.open()) {
                request.body(new BytesRequestContent(in.readAllBytes()));
            }
            return;
        }
        request.body(new Known(body.open(), body.length()));
    }

    /** A stream whose length is known, so that it need not be chunked. */
    private static final class Known extends InputStreamRequestContent {
        private final long length;

        Known(InputStream in, long length) {
            super(BINARY, in, PIECES);
            this.length = length;
        }

        @Override
        public long getLength() {
            return length;
        }
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            org.slf4j.LoggerFactory.getLogger(Transport.class).warn("the HTTP client did not stop", e);
        }
    }
}
