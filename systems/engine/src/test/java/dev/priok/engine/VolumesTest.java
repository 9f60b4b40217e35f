package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes while others make and remove them. */
@Timeout(60)
class VolumesTest {
    /** Deleting so many takes long enough for another thread to come between. */
    private static final int MANY_FILES = 3000;

    @TempDir
    Path folder;

    private EngineHarness h;

    @BeforeEach
    void open() throws Exception {
        h = new EngineHarness(folder);
    }

    @AfterEach
    void close() {
        h.close();
    }

    private static ContainerSpec with(List<String> binds, List<String> from) {
        return ContainerSpec.of("busybox")
                .withStorage(new StorageSpec(List.of(), binds, List.of(), Map.of(), from, "", 0, Map.of()));
    }

    private void make(String name) {
        h.engine().volumes().create(name, "", Map.of(), Map.of());
    }

    private boolean there(String name) {
        return h.engine().volumes().list(Filters.NONE).stream()
                .anyMatch(v -> v.name().equals(name));
    }

    @Test
    void remove_leavesTheNextOfTheNameAlone() throws Exception {
        Path data = folder.resolve("data/volumes/db/_data");
        make("db");
        for (int i = 0; i < MANY_FILES; i++) {
            Files.createFile(data.resolve("old" + i));
        }
        CompletableFuture<Void> removal =
                CompletableFuture.runAsync(() -> h.engine().volumes().remove("db", false));
        EngineHarness.await(() -> !there("db"));
        make("db");
        Files.writeString(data.resolve("new"), "kept");
        removal.join();
        assertEquals("kept", Files.readString(data.resolve("new")));
        try (Stream<Path> all = Files.list(folder.resolve("data/volumes"))) {
            assertEquals(List.of("db"), all.map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    void halfRemoved_isSwept() throws Exception {
        make("db");
        Path left = Files.createDirectories(folder.resolve("data/volumes/.removing-1/_data"));
        h.shutDown();
        h.open();
        assertFalse(Files.exists(left));
        assertTrue(there("db"));
    }

    @Test
    void taken_staysWhileTheContainerIsMade() {
        make("db");
        String other = h.create(with(List.of("shared:/x"), List.of()));
        List<String> refusals = new ArrayList<>();
        h.snapshotter.beforePrepare = () -> {
            h.remove(other);
            for (String name : List.of("db", "shared")) {
                refusals.add(
                        assertThrows(Failure.class, () -> h.engine().volumes().remove(name, false))
                                .message());
            }
            h.engine().volumes().prune(new Filters(Map.of("all", List.of("true"))));
        };
        String id = h.create(with(List.of("db:/y"), List.of(other)));
        h.snapshotter.beforePrepare = () -> {};
        assertEquals(
                List.of(
                        "remove db: volume is in use - [a container that is being created]",
                        "remove shared: volume is in use - [a container that is being created]"),
                refusals);
        assertTrue(there("db") && there("shared"));
        h.remove(id);
        h.engine().volumes().remove("db", false);
        assertFalse(there("db"));
    }

    @Test
    void failedCreate_takesOnlyItsOwnVolumesAlong() {
        make("db");
        AtomicBoolean made = new AtomicBoolean();
        h.snapshotter.beforePrepare = () -> {
            made.set(there("fresh"));
            throw new IllegalStateException("no room");
        };
        assertThrows(IllegalStateException.class, () -> h.create(with(List.of("db:/x", "fresh:/y"), List.of())));
        assertTrue(made.get());
        assertTrue(there("db"));
        assertFalse(there("fresh"));
        h.engine().volumes().remove("db", false);
        assertFalse(there("db"));
    }
}
