package dev.priok.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.client.testing.FakeDaemon;
import dev.priok.core.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class EngineClientTest {
    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private EngineClient client;

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
        client = new EngineClient(DaemonAddress.parse(daemon.host()), "");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void send_getWithQuery_escapesAndNamesTheVersion() throws IOException {
        List<String> targets = new ArrayList<>();
        daemon.on("GET /images", exchange -> {
            targets.add(exchange.target());
            exchange.reply(200, "[1,2]");
        });
        try (Reply reply = client.send(Request.get("/images/json").query("filters", "{\"a b\":1}"))) {
            assertEquals(List.of(1L, 2L), reply.json());
        }
        assertEquals(List.of("/v1.51/images/json?filters=%7B%22a%20b%22%3A1%7D"), targets);
    }

    @Test
    void send_errorBody_becomesFailureOfItsKind() {
        daemon.on("GET /x", 404, "{\"message\":\"No such container: x\"}");
        Failure failure = assertThrows(Failure.class, () -> client.send(Request.get("/x")));
        assertEquals("No such container: x", failure.message());
        assertEquals(Failure.Kind.NOT_FOUND, failure.kind());
    }

    @Test
    void send_errorWithoutMessage_namesTheStatus() {
        daemon.on("GET /x", 500, "");
        Failure failure = assertThrows(Failure.class, () -> client.send(Request.get("/x")));
        assertTrue(failure.message().contains("500"), failure.message());
    }

    @Test
    void send_daemonIsOlder_repeatsWithItsVersion() throws IOException {
        daemon.on("GET /info", exchange -> {
            if (exchange.target().startsWith("/v1.51/")) {
                exchange.reply(
                        400, "{\"message\":\"client version 1.51 is too new. Maximum supported API version is 1.41\"}");
            } else {
                exchange.reply(200, "{\"t\":\"" + exchange.target() + "\"}");
            }
        });
        try (Reply reply = client.send(Request.get("/info"))) {
            assertEquals("/v1.41/info", reply.object().text("t"));
        }
        assertEquals("1.41", client.apiVersion());
    }

    @Test
    void send_streamedBody_asksForTheVersionFirstAndArrivesWhole() throws IOException {
        daemon.on("HEAD /_ping", exchange -> exchange.reply(200, "text/plain", new byte[0], "Api-Version: 1.44\r\n"));
        daemon.on(
                "POST /build",
                exchange -> exchange.reply(
                        200, "{\"n\":" + exchange.body().length + ",\"t\":\"" + exchange.target() + "\"}"));
        byte[] block = new byte[100_000];
        Request request = Request.post("/build").stream("application/x-tar", out -> {
            for (int i = 0; i < 7; i++) {
                out.write(block);
            }
            out.write(1);
        });
        try (Reply reply = client.send(request)) {
            JsonObject answer = reply.object();
            assertEquals(700_001, answer.number("n"));
            assertEquals("/v1.44/build", answer.text("t"));
        }
    }

    @Test
    void send_daemonRefusesDuringUpload_reportsItsMessage() {
        daemon.on("HEAD /_ping", 200, "");
        daemon.on("POST /build", 400, "{\"message\":\"dockerfile parse error\"}");
        Request request = Request.post("/build").stream("application/x-tar", out -> {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                out.write(block);
            }
        });
        Failure failure = assertThrows(Failure.class, () -> client.send(request));
        assertEquals("dockerfile parse error", failure.message());
    }

    @Test
    void send_bodyWriterFails_reportsWhy() {
        daemon.on("HEAD /_ping", 200, "");
        daemon.on("POST /build", exchange -> exchange.reply(200, exchange.text()));
        Request request = Request.post("/build").stream("application/x-tar", out -> {
            throw new IOException("disk on fire");
        });
        IOException failure = assertThrows(IOException.class, () -> client.send(request));
        assertEquals("disk on fire", failure.getMessage());
    }

    @Test
    void send_chunkedReply_handsOnChunksAsTheyCome() throws Exception {
        SynchronousQueue<String> seen = new SynchronousQueue<>();
        daemon.on("GET /events", exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            exchange.write("7;x=y\r\n{\"a\":1}\r\n");
            try {
                assertEquals("1", seen.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.write("3\r\n{\"a\r\n4\r\n\":2}\r\n0\r\nTrailer: x\r\n\r\n");
        });
        List<Long> numbers = new ArrayList<>();
        try (Reply reply = client.send(Request.get("/events"))) {
            Json.readAll(reply.body(), event -> {
                numbers.add(event.number("a"));
                if (numbers.size() == 1) {
                    try {
                        seen.put("1");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
        }
        assertEquals(List.of(1L, 2L), numbers);
    }

    @Test
    void send_replyIsCutShort_fails() {
        daemon.on("GET /x", exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
        IOException failure = assertThrows(IOException.class, () -> {
            try (Reply reply = client.send(Request.get("/x"))) {
                reply.text();
            }
        });
        assertTrue(failure.getMessage().contains("7 bytes early"), failure.getMessage());
    }

    @Test
    void send_nobodyListens_namesTheAddress() {
        EngineClient lost = new EngineClient(new DaemonAddress.Unix(folder + "/none.sock"), "");
        DaemonUnreachable failure = assertThrows(DaemonUnreachable.class, () -> lost.send(Request.get("/x")));
        assertEquals(
                "Cannot connect to the Priok daemon at unix://" + folder + "/none.sock. Is priokd running?",
                failure.getMessage());
    }

    @Test
    void hijack_halfClosed_daemonStillAnswers() throws IOException {
        daemon.on("POST /exec/1/start", exchange -> {
            assertEquals("tcp", exchange.header("Upgrade"));
            assertEquals("{\"Tty\":true}", exchange.text());
            exchange.upgrade("application/vnd.docker.raw-stream");
            exchange.write("got " + exchange.rest());
        });
        try (Hijacked stream = client.hijack(Request.post("/exec/1/start").json(Map.of("Tty", true)))) {
            assertFalse(stream.isMultiplexed());
            stream.output().write("all of it".getBytes(StandardCharsets.UTF_8));
            stream.closeOutput();
            assertEquals("got all of it", new String(stream.input().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void hijack_refused_isFailure() {
        daemon.on("POST /containers/x/attach", 409, "{\"message\":\"container x is paused\"}");
        Failure failure = assertThrows(Failure.class, () -> client.hijack(Request.post("/containers/x/attach")));
        assertEquals(Failure.Kind.CONFLICT, failure.kind());
    }

    @Test
    void hijack_multiplexed_isTakenApart() throws IOException {
        daemon.on("POST /a", exchange -> {
            exchange.upgrade("application/vnd.docker.multiplexed-stream");
            exchange.frame(1, "out");
            exchange.frame(2, "err");
            exchange.frame(1, "put");
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (Hijacked stream = client.hijack(Request.post("/a"))) {
            assertTrue(stream.isMultiplexed());
            MultiplexedStream.copy(stream.input(), out, err);
        }
        assertEquals("output", out.toString(StandardCharsets.UTF_8));
        assertEquals("err", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void compareVersions_isByNumbers() {
        assertTrue(EngineClient.compareVersions("1.9", "1.44") < 0);
        assertEquals(0, EngineClient.compareVersions("1.44", "1.44"));
        assertThrows(Failure.class, () -> EngineClient.compareVersions("x", "1.44"));
    }
}
