package dev.priok.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** Connections that only read, each made when all others are busy; who comes when there are enough waits. */
final class Readers implements AutoCloseable {
    /** Each keeps some megabytes of pages; more of them than processors wait for each other anyway. */
    private static final int MOST = 4;

    private final Path file;
    private final Semaphore free = new Semaphore(MOST, true);
    private final Deque<Reader> idle = new ConcurrentLinkedDeque<>();

    private record Reader(Connection connection, Transaction transaction) {}

    Readers(Path file) {
        this.file = file;
    }

    /** Does the work on one state of the database, whatever is written meanwhile. */
    <T> T read(Work<T> work) throws SQLException {
        free.acquireUninterruptibly();
        try {
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
            free.release();
        }
    }

    private Reader open() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
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
        try {
            for (Reader reader = idle.pollFirst(); reader != null; reader = idle.pollFirst()) {
                reader.connection().close();
            }
        } finally {
            free.release(MOST);
        }
    }
}
