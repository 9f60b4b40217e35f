/** The one SQLite database of a daemon: connection, transactions, schema versions. */
module dev.priok.database {
    requires transitive dev.priok.core;
    requires transitive java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;

    exports dev.priok.database;
}
