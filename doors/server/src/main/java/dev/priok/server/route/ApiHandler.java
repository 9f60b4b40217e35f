package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.core.ClientAgent;
import dev.priok.core.Failure;
import dev.priok.server.http.Exchange;
import dev.priok.server.http.ExchangeHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What holds for every call: versions, headers, routing, and errors that become answers. */
public final class ApiHandler implements ExchangeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final Pattern VERSIONED = Pattern.compile("/v([0-9.]+)(/.*)");

    /** More than any document that is refused before it is read; what uploads archives has its own bound. */
    private static final int MAX_UNREAD_BYTES = 1 << 20;

    private final RouteTable routes;
    private final Requests requests;
    private final ActionTimes times;
    private final String server;

    ApiHandler(RouteTable routes, Requests requests, ActionTimes times, String productVersion) {
        this.routes = routes;
        this.requests = requests;
        this.times = times;
        this.server = "Docker/" + productVersion + " (linux)";
    }

    @Override
    public void handle(Exchange exchange) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        exchange.setHeader("Server", server);
        exchange.setHeader("Api-Version", ApiVersion.CURRENT.toString());
        exchange.setHeader("Ostype", "linux");
        exchange.setHeader("Docker-Experimental", "false");
        requests.begun();
        try {
            route(exchange);
            requests.succeeded();
            times.took(exchange.method(), exchange.path(), System.nanoTime() - begin);
        } catch (Failure failure) {
            refuse(exchange, failure);
        } catch (IOException e) {
            if (exchange.isCommitted() || exchange.clientIsGone()) {
                requests.abandoned();
                throw e;
            }
            // Nothing was sent: then it was not the client that failed, or it will be seen to be gone by this answer.
            LOG.warn("{} failed", exchange, e);
            refuse(exchange, Failure.internal(e, "%s", String.valueOf(e.getMessage())));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            LOG.error("{} failed", exchange, e);
            refuse(exchange, Failure.internal(e, "%s", "internal error: " + e));
        } finally {
            requests.ended();
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("{} took {} us", exchange, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
        }
    }

    private void route(Exchange exchange) throws IOException, InterruptedException {
        if (exchange.method().equals("OPTIONS")) {
            exchange.send(200);
            return;
        }
        String path = exchange.path();
        ApiVersion version = ApiVersion.CURRENT;
        Matcher versioned = VERSIONED.matcher(path);
        if (versioned.matches()) {
            version = checked(versioned.group(1));
            path = versioned.group(2);
        }
        RouteTable.Match match = routes.find(exchange.method(), path)
                .orElseThrow(() -> new Failure(Failure.Kind.NOT_FOUND, "page not found"));
        Call call = new Call(exchange, version, match.names());
        String agent = exchange.header("User-Agent").orElse("");
        try {
            ScopedValue.where(ClientAgent.CURRENT, agent).call(() -> {
                match.action().handle(call);
                return null;
            });
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiVersion checked(String text) {
        ApiVersion version = ApiVersion.parse(text);
        if (version.compareTo(ApiVersion.MINIMUM) < 0) {
            throw Failure.invalid(
                    "client version %s is too old. Minimum supported API version is %s, please upgrade your client to a newer version",
                    text, ApiVersion.MINIMUM);
        }
        if (version.compareTo(ApiVersion.CURRENT) > 0) {
            throw Failure.invalid(
                    "client version %s is too new. Maximum supported API version is %s", text, ApiVersion.CURRENT);
        }
        return version;
    }

    private void refuse(Exchange exchange, Failure failure) throws IOException {
        requests.failed(failure.kind());
        if (failure.kind() == Failure.Kind.INTERNAL && failure.getCause() instanceof IOException) {
            // The world's fault, which the message tells: a registry that is away, a full disk.
            LOG.warn("{}: {}", exchange, failure.message());
        } else if (failure.kind() == Failure.Kind.INTERNAL) {
            LOG.warn("{}: {}", exchange, failure.message(), failure);
        } else {
            LOG.debug("{}: {}", exchange, failure.message());
        }
        if (exchange.isCommitted()) {
            throw new IOException("failed after the answer began: " + failure.message(), failure);
        }
        // A client that is still sending when the connection closes sees a broken pipe instead of this answer.
        boolean whole = exchange.drain(MAX_UNREAD_BYTES);
        LOG.trace("read the whole body: {}", whole);
        int status = Statuses.of(failure.kind());
        if (status == 304) {
            exchange.send(status);
        } else {
            exchange.send(
                    status,
                    Call.JSON,
                    new Doc().with("message", failure.message()).bytes());
        }
    }
}
