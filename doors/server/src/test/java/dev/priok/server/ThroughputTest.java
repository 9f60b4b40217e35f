package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Build contexts, images and archives are large: HTTP must not be what they wait for. */
@Timeout(60)
class ThroughputTest {
    private static final int MEGABYTES = 256;

    /** A tenth of what is measured on an idle machine (some 1.5 GB/s), so that a busy one does not fail. */
    private static final long MIN_MEGABYTES_PER_SECOND = 100;

    @Test
    void load_ofALargeBody_isFast() throws IOException {
        try (TestServer server = TestServer.start();
                RawClient client = server.connect()) {
            byte[] megabyte = new byte[1 << 20];
            long begin = System.nanoTime();
            client.send("POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Length: " + ((long) MEGABYTES << 20)
                    + "\r\n\r\n");
            for (int i = 0; i < MEGABYTES; i++) {
                client.send(megabyte);
            }
            RawClient.Head head = client.readHead();
            assertTrue(client.readBody(head).contains("Loaded image"));
            report("load", begin);
            assertEquals((long) MEGABYTES << 20, server.engine.images.receivedBytes.get());
        }
    }

    @Test
    void export_ofALargeFileSystem_isFast() throws IOException {
        try (TestServer server = TestServer.start();
                RawClient client = server.connect()) {
            server.create("sleep", ",\"Labels\":{\"export-megabytes\":\"" + MEGABYTES + "\"}");
            long begin = System.nanoTime();
            client.send("GET /containers/fake_1/export HTTP/1.1\r\nHost: d\r\n\r\n");
            RawClient.Head head = client.readHead();
            assertEquals("chunked", head.header("transfer-encoding"));
            DataInputStream in = client.data();
            byte[] buffer = new byte[64 << 10];
            long received = 0;
            while (received < (long) MEGABYTES << 20) {
                received += in.read(buffer);
            }
            report("export", begin);
        }
    }

    private static void report(String what, long begin) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        long rate = MEGABYTES * 1000L / millis;
        System.out.println(what + ": " + rate + " MB/s");
        assertTrue(rate > MIN_MEGABYTES_PER_SECOND, what + " runs at " + rate + " MB/s");
    }
}
