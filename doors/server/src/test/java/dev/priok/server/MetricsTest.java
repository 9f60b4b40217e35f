package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsTest {
    private static String ask(InetSocketAddress address, String method, String path) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write((method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void debug_showsThreadsAndHeapOfADaemonThatDebugs() throws Exception {
        Listener.Tcp anywhere = new Listener.Tcp("127.0.0.1", 0, Optional.empty());
        FakeEngine engine = new FakeEngine();
        try (ApiServer server = ApiServer.start(
                new ServerConfig(List.of(anywhere), "0.1.0", Duration.ofSeconds(1), Optional.of(anywhere)),
                engine,
                new FakeBuilder(),
                InstantSource.fixed(Instant.EPOCH))) {
            InetSocketAddress metrics = server.metricsAddress().orElseThrow();
            assertTrue(ask(metrics, "GET", "/debug/threads").startsWith("HTTP/1.1 404"));
            assertTrue(ask(metrics, "GET", "/debug/heap").startsWith("HTTP/1.1 404"));
            engine.debug = true;
            assertTrue(ask(metrics, "GET", "/debug/threads").contains("dumpThreads"));
            String heap = ask(metrics, "GET", "/debug/heap");
            assertTrue(heap.contains("#instances"), heap);
            assertTrue(heap.contains("java.lang.String"), heap);
            assertTrue(ask(metrics, "GET", "/debug/nothing").startsWith("HTTP/1.1 404"));
        }
    }

    @Test
    void figures_haveAnAddressOfTheirOwn() throws Exception {
        Listener.Tcp anywhere = new Listener.Tcp("127.0.0.1", 0, Optional.empty());
        try (ApiServer server = ApiServer.start(
                new ServerConfig(List.of(anywhere), "0.1.0", Duration.ofSeconds(1), Optional.of(anywhere)),
                new FakeEngine(),
                new FakeBuilder(),
                InstantSource.fixed(Instant.EPOCH))) {
            InetSocketAddress api = server.addresses().getFirst();
            InetSocketAddress metrics = server.metricsAddress().orElseThrow();
            assertTrue(ask(api, "GET", "/_ping").startsWith("HTTP/1.1 200"));
            HttpResponse<String> created = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(
                                            "http://127.0.0.1:" + api.getPort() + "/containers/create?name=chatty"))
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "{\"Image\":\"fake\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"mode\":\"non-blocking\"}}}}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(201, created.statusCode(), created.body());
            String page = ask(metrics, "GET", "/metrics");
            assertTrue(page.startsWith("HTTP/1.1 200"), page);
            assertTrue(page.contains("# TYPE engine_daemon_container_actions_seconds histogram\n"), page);
            assertTrue(page.contains("engine_daemon_container_states_containers{state=\"running\"} "), page);
            assertTrue(page.contains("engine_daemon_container_actions_seconds_count{action=\"start\"} 0\n"), page);
            assertTrue(page.contains("priok_api_requests_total{outcome=\"ok\"} 2\n"), page);
            assertTrue(page.contains("priok_api_requests_open 0\n"), page);
            assertTrue(
                    page.matches(
                            "(?s).*priok_container_log_dropped_lines_total\\{id=\"[0-9a-f]+\",name=\"chatty\"} 3\n.*"),
                    page);
            assertTrue(
                    page.matches("(?s).*priok_container_log_dropped_bytes_total\\{[^}]*name=\"chatty\"} 40\n.*"), page);
            String phase = "priok_container_phase_seconds";
            assertTrue(page.contains("# TYPE " + phase + " histogram\n"), page);
            String labels = "{action=\"start\",phase=\"network\"";
            assertTrue(page.contains(phase + "_bucket" + labels + ",le=\"0.002\"} 0\n"), page);
            assertTrue(page.contains(phase + "_bucket" + labels + ",le=\"0.005\"} 1\n"), page);
            assertTrue(page.contains(phase + "_bucket" + labels + ",le=\"10\"} 1\n"), page);
            assertTrue(page.contains(phase + "_bucket" + labels + ",le=\"+Inf\"} 2\n"), page);
            assertTrue(page.contains(phase + "_sum" + labels + "} 30.003\n"), page);
            assertTrue(page.contains("priok_store_bytes{store=\"blobs\"} 4096\n"), page);
            assertTrue(page.contains("priok_store_items{store=\"snapshots\"} 2\n"), page);
            assertFalse(page.contains("priok_store_bytes{store=\"snapshots\"}"), page);
            assertTrue(page.contains("priok_store_collection_seconds_count 2\n"), page);
            assertTrue(page.contains("priok_store_collected_bytes_total 77\n"), page);
            assertTrue(page.contains("priok_heap_collections_total{collector="), page);
            for (String line : page.substring(page.indexOf("\r\n\r\n") + 4).split("\n")) {
                assertTrue(line.startsWith("#") || line.matches("[a-z_]+(\\{.*})? [-+0-9.Ee]+"), line);
            }
            // Nothing of the API is there.
            assertTrue(ask(metrics, "GET", "/containers/json").startsWith("HTTP/1.1 404"));
            assertTrue(ask(metrics, "POST", "/containers/create").startsWith("HTTP/1.1 405"));
            assertEquals(page.indexOf("HTTP/1.1"), 0);
        }
    }
}
