package dev.priok.database;

import java.sql.SQLException;

/** What is done in one transaction; it must not wait for anything but the database. */
@FunctionalInterface
public interface Work<T> {
    T in(Transaction transaction) throws SQLException;
}
