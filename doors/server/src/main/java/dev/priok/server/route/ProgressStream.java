package dev.priok.server.route;

import dev.priok.api.ApiJson;
import dev.priok.core.Failure;
import dev.priok.server.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a long operation: one JSON object a line, each sent at once. Until the first one an error is an ordinary
 * answer; after it the stream's last object tells it.
 */
final class ProgressStream {
    private final Exchange exchange;
    private @Nullable OutputStream out;

    ProgressStream(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Whether something was sent. */
    boolean begun() {
        return out != null;
    }

    /** Sends one object. */
    synchronized void send(Doc document) {
        byte[] json = ApiJson.write(document);
        byte[] line = Arrays.copyOf(json, json.length + 2);
        line[json.length] = '\r';
        line[json.length + 1] = '\n';
        try {
            OutputStream stream = out;
            if (stream == null) {
                stream = exchange.stream(200, Call.JSON);
                out = stream;
            }
            stream.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException("the client of " + exchange + " is gone", e);
        }
    }

    /** Sends text. */
    void text(String text) {
        send(new Doc().with("stream", text));
    }

    /** Ends the stream with an error in band. */
    void error(int code, String message) {
        send(new Doc()
                .with("errorDetail", new Doc().unlessEmpty("code", code).with("message", message))
                .with("error", message));
    }

    /** Runs an operation that reports here; its failure becomes the last object, or is thrown when nothing was sent. */
    void run(Operation operation) throws IOException {
        try {
            operation.run();
        } catch (Failure failure) {
            if (!begun()) {
                throw failure;
            }
            error(0, failure.message());
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        } catch (IOException e) {
            if (!begun() || exchange.clientIsGone()) {
                throw e;
            }
            error(0, String.valueOf(e.getMessage()));
        }
    }

    /** What {@link #run} runs. */
    interface Operation {
        void run() throws IOException;
    }
}
