package dev.priok.database;

import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One SQLite file in write-ahead mode with one connection that writes; its transactions take turns. Parts register their
 * {@link Schema} and then work in transactions, or {@link #read} beside them. One process at a time: the owner locks the data root.
 *
 * @see <a href="https://www.sqlite.org/wal.html">SQLite, write-ahead logging</a>
 */
public final class Database implements AutoCloseable {
    /** No room on the disk; from sqlite3.h. */
    private static final int SQLITE_FULL = 13;

    private final Path file;
    private final Connection connection;
    private final Transaction transaction;
    private final ReentrantLock turn = new ReentrantLock();
    private final Reserve reserve;
    private final Readers readers;
    private Durability durability = Durability.FULL;

    private Database(Path file, Connection connection, Reserve reserve) {
        this.file = file;
        this.connection = connection;
        this.transaction = new Transaction(connection);
        this.reserve = reserve;
        this.readers = new Readers(file);
    }

    /**
     * Opens or makes the file.
     *
     * @throws Failure of kind {@link Failure.Kind#INTERNAL} when it is broken
     */
    public static Database open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.execute("PRAGMA foreign_keys=ON");
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL)");
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return new Database(file, connection, Reserve.at(file));
        } catch (SQLException e) {
            throw failed(file, "opening", e);
        }
    }

    /** Brings a part's tables to their newest version, each version in a transaction of its own. */
    public void register(Schema schema) {
        int version = transact(
                tx -> tx.first("SELECT version FROM schema_version WHERE part = ?", row -> row.getInt(1), schema.part())
                        .orElse(0));
        if (version > schema.versions().size()) {
            throw new Failure(
                    Failure.Kind.INTERNAL,
                    "%s holds version %d of the tables of %s, and this program knows only %d: it was written by a newer program"
                            .formatted(
                                    file,
                                    version,
                                    schema.part(),
                                    schema.versions().size()));
        }
        for (int next = version + 1; next <= schema.versions().size(); next++) {
            int reached = next;
            transact(tx -> {
                for (String sql : schema.versions().get(reached - 1).split(";\\s*\\n")) {
                    if (!sql.isBlank()) {
                        tx.update(sql);
                    }
                }
                return tx.update(
                        "INSERT INTO schema_version (part, version) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                        schema.part(),
                        reached);
            });
        }
    }

    /**
     * Does the work in one transaction that is on disk when this returns; an exception undoes it. When the disk is full the work
     * is done a second time in space held back for that, so that things can still be removed.
     */
    public <T> T transact(Work<T> work) {
        return transact(Durability.FULL, work);
    }

    /** Does the work in one transaction; an exception undoes it. */
    public <T> T transact(Durability wanted, Work<T> work) {
        turn.lock();
        try {
            if (turn.getHoldCount() > 1) {
                throw new IllegalStateException("a transaction inside a transaction");
            }
            switchTo(wanted);
            try {
                return attempt(work);
            } catch (SQLException e) {
                if (e.getErrorCode() == SQLITE_FULL && reserve.release()) {
                    return attempt(work);
                }
                throw e;
            }
        } catch (SQLException e) {
            throw failed(file, "working in", e);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Reads what is committed without waiting for whoever writes; sees one state from its beginning to its end. Not for what must
     * still hold when something is written afterwards.
     *
     * @throws Failure of kind {@link Failure.Kind#INTERNAL} also when the work tries to write
     */
    public <T> T read(Work<T> work) {
        try {
            return readers.read(work);
        } catch (SQLException e) {
            throw failed(file, "reading", e);
        }
    }

    private <T> T attempt(Work<T> work) throws SQLException {
        execute("BEGIN IMMEDIATE");
        try {
            T result = work.in(transaction);
            execute("COMMIT");
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            try {
                execute("ROLLBACK");
            } catch (SQLException rollback) {
                // On a full disk SQLite has rolled back already.
                e.addSuppressed(rollback);
            }
            throw e;
        }
    }

    private void switchTo(Durability wanted) throws SQLException {
        if (durability != wanted) {
            // Between transactions only: SQLite ignores this pragma inside one.
            execute("PRAGMA synchronous=" + (wanted == Durability.FULL ? "FULL" : "NORMAL"));
            durability = wanted;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            try {
                readers.close();
            } finally {
                connection.close();
            }
        } catch (SQLException e) {
            throw failed(file, "closing", e);
        } finally {
            turn.unlock();
        }
    }

    private static Failure failed(Path file, String doing, SQLException e) {
        return new Failure(Failure.Kind.INTERNAL, doing + " the database " + file + ": " + e.getMessage(), e);
    }
}
