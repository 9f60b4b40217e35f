package dev.priok.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.database.Database;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.internal.Catalog.ActiveRow;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step whose row cannot be written takes back what it moved. */
class RegistryTest {
    @TempDir
    private Path folder;

    private Database database;
    private Registry registry;
    private final List<String> steps = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        database = Database.open(folder.resolve("db"));
        registry = new Registry(database, "boot");
        database.<Integer>transact(
                tx -> tx.update("CREATE TRIGGER refuse BEFORE INSERT ON snapshot_layer WHEN NEW.id = 2"
                        + " BEGIN SELECT RAISE(ABORT, 'refused'); END"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static LayerRow layer(long id, ChainId parent) {
        Digest diff = Digest.sha256(Long.toString(id).getBytes(StandardCharsets.US_ASCII));
        return new LayerRow(id, parent.with(diff), parent, diff, 1, 1, 1, "");
    }

    private final Registry.Mover mover = new Registry.Mover() {
        @Override
        public void move(LayerRow row) {
            steps.add("move " + row.id());
        }

        @Override
        public void sync() {
            steps.add("sync");
        }

        @Override
        public void undo(LayerRow row) {
            steps.add("undo " + row.id());
        }
    };

    @Test
    void add_refusedByTheDatabaseTakesAllBack() {
        LayerRow first = layer(1, ChainId.SCRATCH);
        LayerRow second = layer(2, first.chain());
        assertThrows(Failure.class, () -> registry.add(List.of(first, second), mover));
        assertEquals(List.of("move 1", "move 2", "sync", "undo 1", "undo 2"), steps);
        assertTrue(registry.layers().isEmpty());
    }

    @Test
    void replace_refusedByTheDatabaseKeepsTheSnapshot() {
        ActiveRow row = new ActiveRow("build", 2, ChainId.SCRATCH, Snapshot.Kind.VOLATILE, 0);
        registry.add(row);
        assertThrows(
                Failure.class,
                () -> registry.replace(row, layer(2, ChainId.SCRATCH), new Registry.Move() {
                    @Override
                    public void run() {
                        steps.add("run");
                    }

                    @Override
                    public void undo() {
                        steps.add("undo");
                    }
                }));
        assertEquals(List.of("run", "undo"), steps);
        assertEquals(List.of(row), registry.actives());
        assertTrue(registry.layers().isEmpty());
    }
}
