package dev.priok.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Connections that only read, each made when all others are busy; who comes when there are enough waits. */
final class Readers implements AutoCloseable {
    /** Each keeps some megabytes of pages; more of them than processors wait for each other anyway. */
    private static final int MOST = 4;

    private final Path file;
    private final Semaphore free = new Semaphore(MOST, true);
    private final Deque<Reader> idle = new ConcurrentLinkedDeque<>();

    /** A read within a read could wait for itself. */
    private final ThreadLocal<Boolean> reading = ThreadLocal.withInitial(() -> false);

    private volatile boolean closed;

    private record Reader(Connection connection, Transaction transaction) {}

    Readers(Path file) {
        this.file = file;
    }

    /** Does the work on one state of the database, whatever is written meanwhile. */
    <T> T read(Work<T> work) throws SQLException {
        if (reading.get()) {
            throw new IllegalStateException("a read of the database within another");
        }
        free.acquireUninterruptibly();
        reading.set(true);
        try {
            if (closed) {
                throw new IllegalStateException("the database is closed");
            }
            Reader reader = idle.pollFirst();
            if (reader == null) {
                reader = open();
            }
            T result;
            try {
                result = in(reader, work);
            } catch (SQLException | RuntimeException | Error e) {
                close(reader.connection(), e);
                throw e;
            }
            idle.addFirst(reader);
            return result;
        } finally {
            reading.remove();
            free.release();
        }
    }

    private Reader open() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        // Whoever reads makes no file.
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            execute(connection, "PRAGMA query_only=ON");
        } catch (SQLException e) {
            close(connection, e);
            throw e;
        }
        return new Reader(connection, new Transaction(connection));
    }

    private static <T> T in(Reader reader, Work<T> work) throws SQLException {
        execute(reader.connection(), "BEGIN");
        T result = work.in(reader.transaction());
        execute(reader.connection(), "COMMIT");
        return result;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A connection whose state is not known is not used again. */
    private static void close(Connection connection, Throwable reason) {
        try {
            connection.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public void close() throws SQLException {
        free.acquireUninterruptibly(MOST);
        closed = true;
        try {
            for (Reader reader = idle.pollFirst(); reader != null; reader = idle.pollFirst()) {
                reader.connection().close();
            }
        } finally {
            free.release(MOST);
        }
    }
}
