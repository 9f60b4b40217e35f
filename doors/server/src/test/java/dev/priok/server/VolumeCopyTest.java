package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls for copies of volumes. */
@Timeout(60)
class VolumeCopyTest {
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        server.ask("POST", "/volumes/create", "{\"Name\":\"db\"}");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void calls_reachTheEngine() throws IOException {
        assertEquals(
                201, server.ask("POST", "/priok/volumes/db/snapshots?name=one").status());
        assertTrue(
                server.ask("GET", "/priok/volumes/snapshots?volume=db").body().contains("\"CopiedSize\":4"));
        assertEquals(
                200,
                server.ask("POST", "/priok/volumes/db/restore?snapshot=one").status());
        assertEquals(
                200,
                server.ask("POST", "/priok/volumes/db/restore?reference=r/x").status());
        assertEquals(201, server.ask("POST", "/priok/volumes/db/clone?name=new").status());
        assertTrue(server.ask("POST", "/priok/volumes/db/push?reference=r/x")
                .body()
                .contains("sha256:"));
        assertEquals(
                204, server.ask("DELETE", "/priok/volumes/db/snapshots/one").status());
        assertEquals(
                List.of(
                        "take db one",
                        "list db",
                        "restore db one",
                        "pull db r/x",
                        "copy db  new",
                        "push db  r/x",
                        "remove db one"),
                server.engine.volumes().copies.calls);
        assertTrue(server.ask("GET", "/priok/volumes/db/archive?snapshot=one")
                .body()
                .contains("tar of db one"));
    }

    @Test
    void badInput_isRefused() throws IOException {
        assertEquals(400, server.ask("POST", "/priok/volumes/db/restore").status());
        assertEquals(
                400,
                server.ask("POST", "/priok/volumes/db/restore?snapshot=a&reference=b")
                        .status());
        assertEquals(400, server.ask("POST", "/priok/volumes/db/push").status());
        assertEquals(404, server.ask("GET", "/priok/volumes/none/archive").status());
        assertEquals(404, server.ask("POST", "/priok/volumes/none/snapshots").status());
    }
}
