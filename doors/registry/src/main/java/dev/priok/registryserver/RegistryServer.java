package dev.priok.registryserver;

import dev.priok.registryserver.http.HttpFront;
import dev.priok.registryserver.http.TlsContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** A registry, listening. Closing it leaves the registry as it is. */
public final class RegistryServer implements AutoCloseable {
    /** How long a stop waits for requests. */
    private static final long STOP_MILLIS = 5000;

    private final HttpFront front;
    private final Optional<TlsContext> tls;

    private RegistryServer(HttpFront front, Optional<TlsContext> tls) {
        this.front = front;
        this.tls = tls;
    }

    /** Listens and answers; returns when clients can connect. */
    public static RegistryServer start(ServerSettings settings, ServedRegistry served) throws IOException {
        var handler = new RegistryHandler(served);
        Optional<TlsContext> tls = Optional.empty();
        if (settings.tls().isPresent()) {
            ServerSettings.Tls files = settings.tls().get();
            tls = Optional.of(
                    new TlsContext(files.certificate(), files.key(), files.clientAuthorities(), files.required()));
        }
        return new RegistryServer(HttpFront.start(settings.host(), settings.port(), tls, STOP_MILLIS, handler), tls);
    }

    /** The address that is listened on. */
    public InetSocketAddress address() throws IOException {
        return front.address();
    }

    @Override
    public void close() {
        front.close();
        tls.ifPresent(TlsContext::close);
    }
}
