package dev.priok.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.engine.Cursor;
import dev.priok.engine.Filters;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final EventLog log = new EventLog(InstantSource.fixed(NOW));

    private void publish(String type, String action, String id, Map<String, String> attributes, int second) {
        log.publish(new Event(type, action, id, attributes, NOW.minusSeconds(100 - second)));
    }

    private List<String> kept(Filters filters) throws Exception {
        List<String> actions = new ArrayList<>();
        try (Cursor<Event> cursor = log.subscribe(NOW.minusSeconds(1000), NOW, filters)) {
            for (Event e = cursor.next(); e != null; e = cursor.next()) {
                actions.add(e.action());
            }
        }
        return actions;
    }

    @Test
    void since_replaysInOrder() throws Exception {
        publish("container", "create", "c1", Map.of(), 1);
        publish("container", "start", "c1", Map.of(), 2);
        assertEquals(List.of("create", "start"), kept(Filters.NONE));
    }

    @Test
    void filters_areCombined() throws Exception {
        publish("container", "create", "c1", Map.of("name", "web", "image", "alpine:3", "a", "b"), 1);
        publish("container", "exec_create: ls -l", "c1", Map.of("name", "web"), 2);
        publish("image", "pull", "alpine:3", Map.of("name", "alpine"), 3);
        publish("volume", "create", "data", Map.of(), 4);
        assertEquals(List.of("create"), kept(new Filters(Map.of("type", List.of("volume")))));
        assertEquals(List.of("exec_create: ls -l"), kept(new Filters(Map.of("event", List.of("exec_create")))));
        assertEquals(List.of("create", "exec_create: ls -l"), kept(new Filters(Map.of("container", List.of("web")))));
        assertEquals(List.of("create"), kept(new Filters(Map.of("label", List.of("a=b")))));
        assertEquals(List.of("create", "pull"), kept(new Filters(Map.of("image", List.of("alpine:3", "alpine")))));
        assertEquals(
                List.of("create", "create"),
                kept(new Filters(Map.of("event", List.of("create"), "type", List.of("container", "volume")))));
    }

    @Test
    void unknownFilter_isRefused() {
        assertThrows(Failure.class, () -> log.subscribe(null, null, new Filters(Map.of("nonsense", List.of("x")))));
    }

    @Test
    void withoutSince_onlyWhatComes() throws Exception {
        publish("container", "create", "c1", Map.of(), 1);
        try (Cursor<Event> cursor = log.subscribe(null, null, Filters.NONE)) {
            publish("container", "start", "c1", Map.of(), 2);
            assertEquals("start", cursor.next().action());
        }
    }

    @Test
    void close_wakesReader() throws Exception {
        Cursor<Event> cursor = log.subscribe(null, null, Filters.NONE);
        CompletableFuture<Event> next = CompletableFuture.supplyAsync(() -> {
            try {
                return cursor.next();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        cursor.close();
        assertNull(next.get(10, TimeUnit.SECONDS));
        assertEquals(0, log.subscribers());
    }

    @Test
    void slowReader_losesTheOldestOnly() throws Exception {
        try (Cursor<Event> cursor = log.subscribe(null, null, Filters.NONE)) {
            for (int i = 0; i < EventLog.CAPACITY + 5; i++) {
                publish("container", "a" + i, "c", Map.of(), 1);
            }
            assertEquals("a5", cursor.next().action());
        }
    }
}
