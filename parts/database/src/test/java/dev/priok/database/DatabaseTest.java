package dev.priok.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Schema FIRST = new Schema("pot", List.of("CREATE TABLE pot_lid (name TEXT PRIMARY KEY)"));
    private static final Schema SECOND = new Schema(
            "pot",
            List.of(
                    "CREATE TABLE pot_lid (name TEXT PRIMARY KEY)",
                    "ALTER TABLE pot_lid ADD COLUMN size INTEGER NOT NULL DEFAULT 7;\nCREATE TABLE pot_handle (n INTEGER)"));

    @TempDir
    Path folder;

    private Database open() throws IOException {
        return Database.open(folder.resolve("deep/priok.db"));
    }

    @Test
    void transact_committed_isThereAfterReopening() throws IOException {
        try (Database database = open()) {
            database.register(FIRST);
            database.transact(Durability.RELAXED, tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a"));
            database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "b"));
        }
        try (Database database = open()) {
            database.register(FIRST);
            assertEquals(
                    List.of("a", "b"),
                    database.transact(
                            tx -> tx.query("SELECT name FROM pot_lid ORDER BY name", row -> row.getString(1))));
        }
    }

    @Test
    void transact_throws_undoes() throws IOException {
        try (Database database = open()) {
            database.register(FIRST);
            assertThrows(
                    Failure.class,
                    () -> database.transact(tx -> {
                        tx.update("INSERT INTO pot_lid VALUES (?)", "a");
                        throw Failure.invalid("no");
                    }));
            assertTrue(database.transact(tx -> tx.first("SELECT name FROM pot_lid", row -> row.getString(1)))
                    .isEmpty());
        }
    }

    @Test
    void read_besideAWriter_seesWhatIsCommitted() throws Exception {
        try (Database database = open()) {
            database.register(FIRST);
            database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a"));
            var writing = new CountDownLatch(1);
            var read = new CountDownLatch(1);
            try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
                Future<Integer> written = writer.submit(() -> database.transact(tx -> {
                    int rows = tx.update("INSERT INTO pot_lid VALUES (?)", "b");
                    writing.countDown();
                    await(read);
                    return rows;
                }));
                await(writing);
                assertEquals(List.of("a"), names(database));
                read.countDown();
                assertEquals(1, written.get());
            }
            assertEquals(List.of("a", "b"), names(database));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS), "the other thread does not come");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Database database) {
        return database.read(tx -> tx.query("SELECT name FROM pot_lid ORDER BY name", row -> row.getString(1)));
    }

    @Test
    void read_writes_isRefusedAndHurtsNobody() throws IOException {
        try (Database database = open()) {
            database.register(FIRST);
            assertThrows(Failure.class, () -> database.read(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a")));
            assertEquals(List.of(), names(database));
            database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "b"));
            assertEquals(List.of("b"), names(database));
        }
    }

    @Test
    void transact_violatedConstraint_isAFailureThatNamesTheFile() throws IOException {
        try (Database database = open()) {
            database.register(FIRST);
            database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a"));
            Failure failure = assertThrows(
                    Failure.class, () -> database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a")));
            assertEquals(Failure.Kind.INTERNAL, failure.kind());
            assertTrue(failure.message().contains("priok.db"), failure.message());
        }
    }

    @Test
    void register_olderTables_areBroughtUp() throws IOException {
        try (Database database = open()) {
            database.register(FIRST);
            database.transact(tx -> tx.update("INSERT INTO pot_lid VALUES (?)", "a"));
        }
        try (Database database = open()) {
            database.register(SECOND);
            assertEquals(
                    7,
                    database.transact(tx -> tx.first("SELECT size FROM pot_lid", row -> row.getInt(1)))
                            .orElseThrow());
            int rows = database.transact(tx -> tx.update("INSERT INTO pot_handle VALUES (?)", 1L));
            assertEquals(1, rows);
        }
    }

    @Test
    void register_newerTables_refuses() throws IOException {
        try (Database database = open()) {
            database.register(SECOND);
        }
        try (Database database = open()) {
            Failure failure = assertThrows(Failure.class, () -> database.register(FIRST));
            assertTrue(failure.message().contains("newer program"), failure.message());
        }
    }

    @Test
    void transact_nested_isRefused() throws IOException {
        try (Database database = open()) {
            assertThrows(IllegalStateException.class, () -> database.transact(_ -> database.transact(_ -> "inner")));
        }
    }

    @Test
    void read_nestedOrAfterTheEnd_isRefused() throws IOException {
        Database database = open();
        assertThrows(IllegalStateException.class, () -> database.read(_ -> database.read(_ -> "inner")));
        assertEquals("again", database.read(_ -> "again"));
        database.close();
        assertThrows(IllegalStateException.class, () -> database.read(_ -> "late"));
    }
}
