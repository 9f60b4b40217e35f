package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.core.ClientAgent;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Fetches what ADD names by an http or https address. */
final class WebFile {
    /** What Docker gives a file from the network. */
    private static final int PERMISSIONS = 0600;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    /** From the request to the first byte of the answer. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(2);

    private static final int BUFFER_BYTES = 128 << 10;

    private WebFile() {}

    /**
     * Fetches a file into an open, empty one.
     *
     * @param mustHaveName whether the destination is a directory, so that the address must end with a name
     * @param alwaysNow whether the server's time does not count
     * @param now the file's time when the server tells none
     */
    static SingleFile fetch(
            CopySource.FromWeb source,
            Fd into,
            boolean mustHaveName,
            Instant now,
            boolean alwaysNow,
            CancelSignal cancel)
            throws IOException {
        URI address = source.address();
        String path = Optional.ofNullable(address.getPath()).orElse("");
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.isEmpty() && mustHaveName) {
            throw Failure.invalid("ADD failed: cannot determine filename from url: %s", address);
        }
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECT_TIMEOUT)
                .build()) {
            try (CancelSignal.Registration _ = cancel.onCancel(client::shutdownNow)) {
                HttpRequest request = HttpRequest.newBuilder(address)
                        .timeout(ANSWER_TIMEOUT)
                        .header("User-Agent", ClientAgent.behind("priok"))
                        .build();
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                if (response.statusCode() >= 400) {
                    throw Failure.invalid(
                            "ADD failed: failed to GET %s with status %d", address, response.statusCode());
                }
                try (InputStream body = response.body()) {
                    return store(source, name.isEmpty() ? "index" : name, response, body, into, now, alwaysNow);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel.cancel();
            cancel.check();
            throw Failure.internal(e, "ADD failed: fetching %s was interrupted", address);
        } catch (IOException | IllegalArgumentException e) {
            cancel.check();
            throw new Failure(
                    Failure.Kind.UNAVAILABLE, "ADD failed: Get \"%s\": %s".formatted(address, e.getMessage()), e);
        }
    }

    private static SingleFile store(
            CopySource.FromWeb source,
            String name,
            HttpResponse<InputStream> response,
            InputStream body,
            Fd into,
            Instant now,
            boolean alwaysNow)
            throws IOException {
        MessageDigest hash = Digest.newSha256();
        byte[] chunk = new byte[BUFFER_BYTES];
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long size = 0;
        for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
            hash.update(chunk, 0, n);
            buffer.clear().put(chunk, 0, n).flip();
            while (buffer.hasRemaining()) {
                size += DescriptorCalls.host().pwrite(into, buffer, size);
            }
        }
        Digest digest = Digest.of(hash.digest());
        if (source.checksum().isPresent() && !source.checksum().get().equals(digest.toString())) {
            throw Failure.invalid(
                    "ADD failed: digest mismatch %s: %s",
                    digest, source.checksum().get());
        }
        long modified = response.headers()
                .firstValue("Last-Modified")
                .flatMap(WebFile::date)
                .filter(_ -> !alwaysNow)
                .orElse(now)
                .getEpochSecond();
        return new SingleFile(name, Node.file(PERMISSIONS, size, modified), new Content.Range(into, 0, size), digest);
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
