package dev.priok.engine.state;

import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import java.util.List;

/** The engine's tables. What is promised to a caller is on disk when the method returns; the rest is written soon. */
public final class EngineStore {
    private static final Schema SCHEMA = new Schema("engine", List.of("""
                    CREATE TABLE engine_container (
                      id TEXT PRIMARY KEY,
                      name TEXT NOT NULL UNIQUE,
                      definition TEXT NOT NULL,
                      condition TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE engine_volume (
                      name TEXT PRIMARY KEY,
                      volume TEXT NOT NULL) WITHOUT ROWID;
                    """, """
                    CREATE TABLE engine_network (
                      id TEXT PRIMARY KEY,
                      name TEXT NOT NULL UNIQUE,
                      network TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE engine_endpoint (
                      container TEXT NOT NULL,
                      network TEXT NOT NULL,
                      endpoint TEXT NOT NULL,
                      PRIMARY KEY (container, network)) WITHOUT ROWID;
                    """));

    private final Database database;
    private final GroupCommit commits;

    public EngineStore(Database database) {
        this.database = database;
        database.register(SCHEMA);
        commits = new GroupCommit(database);
    }

    /** A stored container. */
    public record Stored(Definition definition, Condition condition) {}

    public List<Stored> containers() {
        return database.transact(tx -> tx.query(
                "SELECT definition, condition FROM engine_container",
                row -> new Stored(
                        StateJson.read(row.getString(1), Definition.class),
                        StateJson.read(row.getString(2), Condition.class))));
    }

    /** Durable when it returns. */
    public void insert(Definition definition, Condition condition) {
        String definitionJson = StateJson.write(definition);
        String conditionJson = StateJson.write(condition);
        commits.now(tx -> tx.update(
                "INSERT INTO engine_container (id, name, definition, condition) VALUES (?, ?, ?, ?)",
                definition.id(),
                definition.name(),
                definitionJson,
                conditionJson));
    }

    /** Durable when it returns. */
    public void define(Definition definition) {
        String json = StateJson.write(definition);
        commits.now(tx -> tx.update(
                "UPDATE engine_container SET name = ?, definition = ? WHERE id = ?",
                definition.name(),
                json,
                definition.id()));
    }

    /** Durable when it returns. */
    public void condition(String id, Condition condition) {
        String json = StateJson.write(condition);
        commits.now(tx -> tx.update("UPDATE engine_container SET condition = ? WHERE id = ?", json, id));
    }

    /** Written soon. */
    public void conditionSoon(String id, Condition condition) {
        String json = StateJson.write(condition);
        commits.soon(tx -> tx.update("UPDATE engine_container SET condition = ? WHERE id = ?", json, id));
    }

    /** Durable when it returns. */
    public void delete(String id) {
        commits.now(tx -> tx.update("DELETE FROM engine_container WHERE id = ?", id));
    }

    public List<VolumeRow> volumes() {
        return database.transact(tx ->
                tx.query("SELECT volume FROM engine_volume", row -> StateJson.read(row.getString(1), VolumeRow.class)));
    }

    /** Durable when it returns. */
    public void insertVolume(VolumeRow volume) {
        String json = StateJson.write(volume);
        commits.now(tx -> tx.update("INSERT INTO engine_volume (name, volume) VALUES (?, ?)", volume.name(), json));
    }

    /** Durable when it returns. */
    public void deleteVolume(String name) {
        commits.now(tx -> tx.update("DELETE FROM engine_volume WHERE name = ?", name));
    }

    public List<NetworkRow> networks() {
        return database.transact(tx -> tx.query(
                "SELECT network FROM engine_network", row -> StateJson.read(row.getString(1), NetworkRow.class)));
    }

    /** Durable when it returns. */
    public void insertNetwork(NetworkRow network) {
        String json = StateJson.write(network);
        commits.now(tx -> tx.update(
                "INSERT INTO engine_network (id, name, network) VALUES (?, ?, ?)", network.id(), network.name(), json));
    }

    /** Durable when it returns. */
    public void deleteNetwork(String id) {
        commits.now(tx -> tx.update("DELETE FROM engine_network WHERE id = ?", id));
    }

    public List<EndpointRow> endpoints() {
        return database.transact(tx -> tx.query(
                "SELECT endpoint FROM engine_endpoint", row -> StateJson.read(row.getString(1), EndpointRow.class)));
    }

    /** Outlives this process when it returns; not a loss of power, as what it tells of does not either. */
    public void insertEndpoints(List<EndpointRow> endpoints) {
        database.transact(Durability.RELAXED, tx -> {
            for (EndpointRow row : endpoints) {
                tx.update(
                        "INSERT OR REPLACE INTO engine_endpoint (container, network, endpoint) VALUES (?, ?, ?)",
                        row.container(),
                        row.network(),
                        StateJson.write(row));
            }
            return endpoints.size();
        });
    }

    /** Outlives this process when it returns. */
    public void deleteEndpoints(String container) {
        database.transact(
                Durability.RELAXED, tx -> tx.update("DELETE FROM engine_endpoint WHERE container = ?", container));
    }

    /** Outlives this process when it returns. */
    public void deleteEndpoint(String container, String network) {
        database.transact(
                Durability.RELAXED,
                tx -> tx.update("DELETE FROM engine_endpoint WHERE container = ? AND network = ?", container, network));
    }

    /** Writes what waits. */
    public void flush() {
        commits.flush();
    }
}
