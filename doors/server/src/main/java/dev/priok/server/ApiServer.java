package dev.priok.server;

import dev.priok.build.Builder;
import dev.priok.engine.Engine;
import dev.priok.server.http.HttpFront;
import dev.priok.server.route.ApiRoutes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;

/** The Engine API, listening. Closing it leaves the engine as it is. */
public final class ApiServer implements AutoCloseable {
    private final HttpFront front;

    private ApiServer(HttpFront front) {
        this.front = front;
    }

    /**
     * Listens and answers; returns when clients can connect.
     *
     * @param clock for times that clients give relative to now, and for ages that are told
     * @throws IOException when one of the listeners cannot be had; then none is
     */
    public static ApiServer start(ServerConfig config, Engine engine, Builder builder, InstantSource clock)
            throws IOException {
        return new ApiServer(HttpFront.start(
                config.listeners(), config.stopGrace(), ApiRoutes.handler(engine, builder, clock, config.version())));
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
        front.close();
    }
}
