package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Status;
import java.io.OutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that has ended, whose number another has by now, and whose container still shows as running. */
@Timeout(60)
class ReapedProcessTest {
    @TempDir
    Path folder;

    private EngineHarness h;
    private String id;

    @BeforeEach
    void open() throws Exception {
        h = new EngineHarness(folder);
        // The number is that of a process that lives and is no container: this one.
        h.runtime.pids.set((int) ProcessHandle.current().pid() - 1);
        id = h.start(ContainerSpec.of("busybox"));
    }

    @AfterEach
    void close() {
        h.close();
    }

    private String joining() {
        ContainerSpec spec = ContainerSpec.of("busybox");
        return h.create(spec.withNetwork(spec.network().withMode("container:" + id)));
    }

    private void refused(String joining) {
        Failure failure = assertThrows(Failure.class, () -> h.containers().start(joining));
        assertEquals("cannot join network of a non running container: " + id, failure.message());
        assertEquals(Failure.Kind.CONFLICT, failure.kind());
    }

    @Test
    void files_areThoseOfTheSnapshot() throws Exception {
        assertTrue(h.containers().statPath(id, "/proc").size() >= 0);
        h.runtime.of(id).reaped = true;
        assertEquals(Status.RUNNING, h.state(id).status());
        // The fake's way to say that it was asked for the snapshot.
        assertThrows(UnsupportedOperationException.class, () -> h.containers().statPath(id, "/proc"));
        assertThrows(
                UnsupportedOperationException.class, () -> h.containers().export(id, OutputStream.nullOutputStream()));
    }

    @Test
    void namespaces_areNotJoined() {
        String joining = joining();
        h.runtime.of(id).reaped = true;
        refused(joining);
        assertEquals(1, h.runtime.starts.get());
    }

    @Test
    void namespaces_lostDuringTheStart() {
        String joining = joining();
        h.runtime.duringStart = () -> h.runtime.of(id).reaped = true;
        refused(joining);
        assertEquals(2, h.runtime.starts.get());
        assertEquals(java.util.List.of(9), h.runtime.of(joining).signals);
        assertEquals(Status.CREATED, h.state(joining).status());
    }
}
