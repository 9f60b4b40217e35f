package dev.priok.server.http;

import java.io.IOException;

/** Answers requests; called on a virtual thread of its own for each. */
@FunctionalInterface
public interface ExchangeHandler {
    /**
     * Answers one request, or takes its connection over. When it returns, the answer is complete.
     *
     * @throws IOException when the client cannot be read from or written to any more
     */
    void handle(Exchange exchange) throws IOException, InterruptedException;
}
