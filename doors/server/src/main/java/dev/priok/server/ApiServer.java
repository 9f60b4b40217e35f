package dev.priok.server;

import dev.priok.build.Builder;
import dev.priok.engine.Engine;
import dev.priok.server.http.HttpFront;
import dev.priok.server.route.ApiRoutes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The Engine API, listening. Closing it leaves the engine as it is. */
public final class ApiServer implements AutoCloseable {
    private final HttpFront front;

    private final Optional<HttpFront> metrics;

    private ApiServer(HttpFront front, Optional<HttpFront> metrics) {
        this.front = front;
        this.metrics = metrics;
    }

    /**
     * Listens and answers; returns when clients can connect.
     *
     * @param clock for times that clients give relative to now, and for ages that are told
     * @throws IOException when one of the listeners cannot be had; then none is
     */
    public static ApiServer start(ServerConfig config, Engine engine, Builder builder, InstantSource clock)
            throws IOException {
        ApiRoutes.Handlers handlers = ApiRoutes.handlers(engine, builder, clock, config.version());
        Optional<HttpFront> metrics = config.metrics().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        HttpFront.start(List.of(config.metrics().get()), Duration.ofSeconds(1), handlers.metrics()));
        try {
            return new ApiServer(HttpFront.start(config.listeners(), config.stopGrace(), handlers.api()), metrics);
        } catch (IOException | RuntimeException e) {
            metrics.ifPresent(HttpFront::close);
            throw e;
        }
    }

    /** Where the figures are served alone. */
    public Optional<InetSocketAddress> metricsAddress() {
        return metrics.map(front -> front.addresses().getFirst());
    }

    /** The TCP addresses that are listened on, with the ports that the kernel chose. */
    public List<InetSocketAddress> addresses() {
        return front.addresses();
    }

    /**
     * Stops: takes the sockets away, ends attached sessions and answers that follow something, waits a little for calls that
     * change something, and closes every connection. Blocks until then.
     */
    @Override
    public void close() {
        metrics.ifPresent(HttpFront::close);
        front.close();
    }
}
