package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;

/** Sends requests again that broke or that the registry was too busy for. */
final class Retrying implements Tokens.Sender {
    private final Transport transport;
    private final int attempts;
    private final boolean patient;

    Retrying(Transport transport, int attempts) {
        this(transport, attempts, true);
    }

    /** @param patient whether also to wait for a host that refuses connections or has no address */
    Retrying(Transport transport, int attempts, boolean patient) {
        this.transport = transport;
        this.attempts = attempts;
        this.patient = patient;
    }

    /**
     * Sends a request until there is an answer worth having.
     *
     * @throws Failure when nobody answers, after all attempts
     */
    @Override
    public Reply send(Outgoing request) throws IOException {
        Backoff backoff = new Backoff(attempts);
        while (true) {
            Optional<String> retryAfter = Optional.empty();
            Optional<Reply> busy = Optional.empty();
            Optional<IOException> broken = Optional.empty();
            try {
                Reply reply = transport.send(request);
                if (!isBusy(reply.status())) {
                    return reply;
                }
                busy = Optional.of(reply);
                retryAfter = reply.header("Retry-After");
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                broken = Optional.of(e);
            }
            Optional<Duration> wait =
                    broken.filter(e -> !patient && isNobody(e)).isPresent()
                            ? Optional.empty()
                            : backoff.next(retryAfter);
            if (wait.isEmpty()) {
                if (broken.isPresent()) {
                    throw RegistryErrors.network(request, broken.get());
                }
                return busy.orElseThrow();
            }
            if (busy.isPresent()) {
                busy.get().close();
            }
            Backoff.sleep(wait.get());
        }
    }

    /** Whether nobody was there, as opposed to somebody whose connection broke. */
    private static boolean isNobody(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBusy(int status) {
        return switch (status) {
            case 408, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }
}
