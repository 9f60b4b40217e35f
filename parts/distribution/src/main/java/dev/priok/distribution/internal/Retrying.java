package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;

/** Sends requests again that broke or that the registry was too busy for. */
final class Retrying implements Tokens.Sender {
    private final Transport transport;
    private final int attempts;

    Retrying(Transport transport, int attempts) {
        this.transport = transport;
        this.attempts = attempts;
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
            Optional<Duration> wait = backoff.next(retryAfter);
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

    private static boolean isBusy(int status) {
        return switch (status) {
            case 408, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }
}
