package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.server.RawClient.Head;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TransportTest {
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void ping_everyClient_seesVersionAndClassicBuilder(String method) throws IOException {
        RawClient.Answer answer = server.ask(method, "/_ping");
        assertEquals(200, answer.status());
        assertEquals(method.equals("GET") ? "OK" : "", answer.body());
        assertEquals("1.51", answer.head().header("api-version"));
        assertEquals("1", answer.head().header("builder-version"));
        assertEquals("inactive", answer.head().header("swarm"));
        assertEquals("linux", answer.head().header("ostype"));
        assertEquals("false", answer.head().header("docker-experimental"));
        assertEquals("Docker/0.1.0 (linux)", answer.head().header("server"));
        assertTrue(answer.head().header("cache-control").contains("no-cache"));
    }

    @Test
    void connection_manyRequests_isKept() throws IOException {
        try (RawClient client = server.connect()) {
            for (int i = 0; i < 100; i++) {
                assertEquals(200, client.ask("GET", "/_ping").status());
                assertEquals(
                        404, client.ask("GET", "/v1.51/containers/nobody/json").status());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /nothing", "GET /containers/create", "PUT /containers/json", "GET /v1.51", "GET //"})
    void route_unknownPathOrMethod_isPageNotFound(String request) throws IOException {
        RawClient.Answer answer = server.ask(request.split(" ")[0], request.split(" ")[1]);
        assertEquals(404, answer.status());
        assertEquals("{\"message\":\"page not found\"}", answer.body());
    }

    @Test
    void route_options_isAnsweredEverywhere() throws IOException {
        assertEquals(200, server.ask("OPTIONS", "/whatever").status());
    }

    @Test
    void garbage_thatIsNotHttp_getsAJsonAnswer() throws IOException {
        try (RawClient client = server.connect()) {
            client.send("NONSENSE\r\n\r\n");
            Head head = client.readHead();
            assertEquals(400, head.status());
            assertEquals("application/json", head.header("content-type"));
        }
        assertEquals(200, server.ask("GET", "/_ping").status());
    }

    @Test
    void attach_withUpgrade_speaksFramesAndEndsInputByHalfClose() throws IOException {
        String id = server.create("cat", ",\"OpenStdin\":true");
        try (RawClient client = server.connect()) {
            client.send("POST /v1.51/containers/" + id
                    + "/attach?stdin=1&stdout=1&stderr=1&stream=1 HTTP/1.1\r\nHost: d\r\n" + UPGRADE + "\r\n");
            Head head = client.readHead();
            assertEquals("HTTP/1.1 101 UPGRADED", head.statusLine());
            assertEquals("tcp", head.header("upgrade"));
            assertEquals("application/vnd.docker.multiplexed-stream", head.header("content-type"));
            assertEquals(204, server.ask("POST", "/containers/" + id + "/start").status());
            client.send("hello");
            assertEquals("1:hello", frame(client.data()));
            client.send("again");
            assertEquals("1:again", frame(client.data()));
            client.endOutput();
            assertEquals(0, client.readRest().length);
        }
    }

    @Test
    void attach_bytesRightAfterTheRequest_areInput() throws IOException {
        String id = server.create("cat", ",\"OpenStdin\":true,\"Tty\":true");
        server.ask("POST", "/containers/" + id + "/start");
        try (RawClient client = server.connect()) {
            client.send("POST /containers/" + id + "/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n" + UPGRADE
                    + "Content-Length: 0\r\n\r\nearly");
            assertEquals("application/vnd.docker.raw-stream", client.readHead().header("content-type"));
            client.endOutput();
            assertEquals("early", new String(client.readRest(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void attach_withoutUpgrade_getsABareAnswerOnTheSameConnection() throws IOException {
        String id = server.create("sleep");
        server.ask("POST", "/containers/" + id + "/start");
        try (RawClient client = server.connect()) {
            client.send("POST /v1.41/containers/" + id + "/attach?stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n\r\n");
            Head head = client.readHead();
            assertEquals("HTTP/1.1 200 OK", head.statusLine());
            assertEquals("application/vnd.docker.raw-stream", head.header("content-type"));
            assertEquals("", head.header("transfer-encoding"));
            server.ask("POST", "/containers/" + id + "/kill");
            assertEquals(0, client.readRest().length);
        }
    }

    @Test
    void attach_muchOutput_arrivesWholeAndQuickly() throws IOException {
        long bytes = 64L << 20;
        String id = server.create("flood " + bytes);
        try (RawClient client = server.connect()) {
            client.send(
                    "POST /containers/" + id + "/attach?stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n" + UPGRADE + "\r\n");
            client.readHead();
            long begin = System.nanoTime();
            server.ask("POST", "/containers/" + id + "/start");
            long received = 0;
            byte[] buffer = new byte[64 << 10];
            DataInputStream in = client.data();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received += n;
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertEquals(bytes + 8 * (bytes >> 15), received);
            assertTrue(millis < 5_000, "64 MiB took " + millis + " ms");
        }
    }

    @Test
    void attach_unknownContainer_isAnOrdinaryError() throws IOException {
        RawClient.Answer answer = server.ask("POST", "/containers/nobody/attach?stream=1");
        assertEquals(404, answer.status());
        assertEquals("{\"message\":\"No such container: nobody\"}", answer.body());
    }

    @Test
    void exec_start_isHijackedAfterItsBody() throws IOException {
        String id = server.create("sleep");
        server.ask("POST", "/containers/" + id + "/start");
        String exec = server.ask(
                        "POST",
                        "/containers/" + id + "/exec",
                        "{\"Cmd\":[\"wc\"],\"AttachStdin\":true,\"AttachStdout\":true}")
                .body()
                .split("\"")[3];
        try (RawClient client = server.connect()) {
            String body = "{\"Detach\":false,\"Tty\":false}";
            client.send("POST /exec/" + exec + "/start HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
                    + UPGRADE + "Content-Length: " + body.length() + "\r\n\r\n" + body + "12345");
            assertEquals(101, client.readHead().status());
            client.send("678");
            client.endOutput();
            assertEquals("1:8\n", frame(client.data()));
            assertEquals(0, client.readRest().length);
        }
        RawClient.Answer inspect = server.ask("GET", "/exec/" + exec + "/json");
        assertTrue(inspect.body().contains("\"ExitCode\":0"), inspect.body());
        assertEquals(409, server.ask("POST", "/exec/" + exec + "/start", "{}").status());
    }

    @Test
    void wait_head_comesBeforeTheContainerEnds() throws Exception {
        String id = server.create("exit 3");
        try (RawClient client = server.connect()) {
            client.send("POST /containers/" + id + "/wait?condition=next-exit HTTP/1.1\r\nHost: d\r\n\r\n");
            Head head = client.readHead();
            assertEquals(200, head.status());
            server.ask("POST", "/containers/" + id + "/start");
            assertEquals("{\"StatusCode\":3}", client.readBody(head));
            // The connection was watched meanwhile and serves on.
            assertEquals(200, client.ask("GET", "/_ping").status());
            assertEquals(
                    "{\"StatusCode\":3}",
                    client.ask("POST", "/containers/" + id + "/wait").body());
        }
    }

    @Test
    void wait_clientThatGoes_isForgotten() throws Exception {
        String id = server.create("sleep");
        server.ask("POST", "/containers/" + id + "/start");
        try (RawClient client = server.connect()) {
            client.send("POST /containers/" + id + "/wait HTTP/1.1\r\nHost: d\r\n\r\n");
            client.readHead();
        }
        TestServer.until("the wait is cancelled", () -> server.engine.containers.cancelledWaits.get() == 1);
    }

    @Test
    void wait_requestSentEarly_isAnsweredAfterwards() throws Exception {
        String id = server.create("exit 0");
        try (RawClient client = server.connect()) {
            client.send("POST /containers/" + id + "/wait?condition=next-exit HTTP/1.1\r\nHost: d\r\n\r\n");
            Head head = client.readHead();
            client.send("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\nGET /version HTTP/1.1\r\nHost: d\r\n\r\n");
            server.ask("POST", "/containers/" + id + "/start");
            assertEquals("{\"StatusCode\":0}", client.readBody(head));
            assertEquals("OK", client.readBody(client.readHead()));
            assertTrue(client.readBody(client.readHead()).contains("\"ApiVersion\":\"1.51\""));
        }
    }

    @Test
    void events_clientThatGoes_closesItsCursor() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: d\r\n\r\n");
            assertEquals(200, client.readHead().status());
        }
        assertTrue(server.engine.subscribers.getFirst().closed.await(10, TimeUnit.SECONDS));
    }

    @Test
    void load_isAnsweredWhileTheClientSends() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("POST /images/load HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            Head head = client.readHead();
            assertEquals(200, head.status());
            assertEquals("{\"stream\":\"Reading\\n\"}\r\n", client.readChunk());
            byte[] megabyte = new byte[1 << 20];
            Arrays.fill(megabyte, (byte) 'y');
            for (int i = 0; i < 32; i++) {
                client.send("100000\r\n");
                client.send(megabyte);
                client.send("\r\n");
            }
            client.send("0\r\n\r\n");
            assertEquals("{\"stream\":\"Loaded image: fake:latest\\n\"}\r\n", client.readChunk());
            assertEquals("", client.readChunk());
            assertEquals(200, client.ask("GET", "/_ping").status());
        }
        assertEquals(5 + (32L << 20), server.engine.images.receivedBytes.get());
    }

    @Test
    void build_clientThatGoes_cancelsIt() throws Exception {
        try (RawClient client = server.connect()) {
            client.send("POST /build?target=hang HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\n"
                    + "Content-Length: 3\r\n\r\ntar");
            client.readHead();
            assertTrue(client.readChunk().contains("Step 1/2"));
            String chunk = client.readChunk();
            while (!chunk.contains("made")) {
                chunk = client.readChunk();
            }
        }
        assertTrue(server.builder.cancelled.await(10, TimeUnit.SECONDS));
    }

    @Test
    void webSocket_attach_carriesBinaryMessagesBothWays() throws Exception {
        String id = server.create("cat", ",\"OpenStdin\":true");
        server.ask("POST", "/containers/" + id + "/start");
        try (RawClient client = server.connect()) {
            client.send("GET /containers/" + id + "/attach/ws?stdin=1&stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            Head head = client.readHead();
            assertEquals(101, head.status());
            assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head.header("sec-websocket-accept"));
            client.send(new byte[] {(byte) 0x82, (byte) 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2});
            assertArrayEquals(
                    new byte[] {(byte) 0x82, 2, 'h', 'i'}, client.data().readNBytes(4));
            client.send(new byte[] {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0});
            assertArrayEquals(new byte[] {(byte) 0x8a, 0}, client.data().readNBytes(2));
            server.ask("POST", "/containers/" + id + "/kill");
            assertArrayEquals(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8}, client.readRest());
        }
    }

    @Test
    void socket_hasModeAndReplacesAStaleOneButNotALivingOne() throws Exception {
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket)));
        var config = ServerConfig.of("0.1.0", Listener.Unix.at(server.socket));
        IOException taken = assertThrows(
                IOException.class,
                () -> ApiServer.start(config, server.engine, server.builder, InstantSource.fixed(Instant.EPOCH)));
        assertTrue(taken.getMessage().contains("another process does"), taken.getMessage());
        var stale = server.socket.resolveSibling("stale");
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                .bind(java.net.UnixDomainSocketAddress.of(stale))
                .close();
        assertTrue(Files.exists(stale));
        try (ApiServer second = ApiServer.start(
                        ServerConfig.of("0.1.0", Listener.Unix.at(stale)),
                        server.engine,
                        server.builder,
                        InstantSource.fixed(Instant.EPOCH));
                RawClient client = new RawClient(stale)) {
            assertEquals(0, second.addresses().size());
            assertEquals(200, client.ask("GET", "/_ping").status());
        }
        assertTrue(!Files.exists(stale));
    }

    @Test
    void close_attachedAndWaitingClients_areEndedAtOnce() throws Exception {
        String id = server.create("sleep");
        server.ask("POST", "/containers/" + id + "/start");
        var socket = server.socket.resolveSibling("closing");
        var second = ApiServer.start(
                ServerConfig.of("0.1.0", Listener.Unix.at(socket)),
                server.engine,
                server.builder,
                InstantSource.fixed(Instant.EPOCH));
        try (RawClient attached = new RawClient(socket);
                RawClient waiting = new RawClient(socket)) {
            attached.send(
                    "POST /containers/" + id + "/attach?stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n" + UPGRADE + "\r\n");
            attached.readHead();
            waiting.send("POST /containers/" + id + "/wait HTTP/1.1\r\nHost: d\r\n\r\n");
            waiting.readHead();
            long begin = System.nanoTime();
            second.close();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertEquals(0, attached.readRest().length);
            assertTrue(millis < 2_000, "closing took " + millis + " ms");
        }
    }

    @Test
    void attach_silentClientThatDies_isMissed() throws Exception {
        String id = server.create("sleep");
        server.ask("POST", "/containers/" + id + "/start");
        RawClient client = server.connect();
        client.send("POST /containers/" + id + "/attach?stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n" + UPGRADE + "\r\n");
        client.readHead();
        FakeSession session = server.engine.containers.attached.get(5, TimeUnit.SECONDS);
        client.endOutput();
        // Only its input has ended so far.
        assertThrows(TimeoutException.class, () -> session.ended().get(4, TimeUnit.SECONDS));
        client.close();
        assertEquals(dev.priok.engine.Session.Ended.CLIENT_GONE, session.ended().get(10, TimeUnit.SECONDS));
    }

    private static String frame(DataInputStream in) throws IOException {
        int stream = in.readUnsignedByte();
        in.skipNBytes(3);
        return stream + ":" + new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
