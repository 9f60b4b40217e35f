package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What HTTP costs: the engine answers at once here, so everything measured is the server's and the socket's. */
class LatencyTest {
    /** Far above what is measured (0.1 ms), so that a busy machine does not fail; a blocked read or a Nagle delay does. */
    private static final long MAX_MEDIAN_MICROS = 1_000;

    @Test
    void call_overAKeptConnection_costsWellUnderAMillisecond() throws IOException {
        try (TestServer server = TestServer.start();
                RawClient client = server.connect()) {
            measure(client, 3_000);
            long ping = median(measure(client, 1_000));
            System.out.println("ping, median: " + ping + " us");
            assertTrue(ping < MAX_MEDIAN_MICROS, "a ping takes " + ping + " us");
            long life = median(lives(client, 300));
            System.out.println("create, start, wait, remove, median: " + life + " us");
            assertTrue(life < 4 * MAX_MEDIAN_MICROS, "a life takes " + life + " us");
        }
    }

    private static long[] measure(RawClient client, int count) throws IOException {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            assertEquals(200, client.ask("GET", "/v1.51/_ping").status());
            nanos[i] = System.nanoTime() - begin;
        }
        return nanos;
    }

    private static long[] lives(RawClient client, int count) throws IOException {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            String id = client.ask("POST", "/containers/create", "{\"Image\":\"fake\",\"Cmd\":[\"exit\",\"0\"]}")
                    .body()
                    .split("\"")[3];
            assertEquals(204, client.ask("POST", "/containers/" + id + "/start").status());
            assertEquals(
                    "{\"StatusCode\":0}",
                    client.ask("POST", "/containers/" + id + "/wait").body());
            assertEquals(204, client.ask("DELETE", "/containers/" + id).status());
            nanos[i] = System.nanoTime() - begin;
        }
        return nanos;
    }

    private static long median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1_000;
    }
}
