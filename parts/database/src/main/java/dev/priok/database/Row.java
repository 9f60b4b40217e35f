package dev.priok.database;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Makes a value of the current row. */
@FunctionalInterface
public interface Row<T> {
    T read(ResultSet row) throws SQLException;
}
