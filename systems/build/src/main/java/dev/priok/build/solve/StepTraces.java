package dev.priok.build.solve;

import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Keeps what steps were done on the last time. Losing it loses only explanations. */
final class StepTraces {
    /** Bytes of all lists of files together; the oldest go. */
    private static final long MAXIMUM_BYTES = 32 << 20;

    /** Steps that are remembered; the oldest go. */
    private static final int MAXIMUM_STEPS = 5000;

    private static final Schema SCHEMA = new Schema("build_traces", List.of("""
                    CREATE TABLE build_traces_step (
                      build TEXT NOT NULL,
                      stage TEXT NOT NULL,
                      number INTEGER NOT NULL,
                      text TEXT NOT NULL,
                      operation TEXT NOT NULL,
                      parent TEXT NOT NULL,
                      inputs TEXT NOT NULL,
                      variables BLOB NOT NULL,
                      files BLOB NOT NULL,
                      used_second INTEGER NOT NULL,
                      PRIMARY KEY (build, stage, number)
                    );
                    CREATE INDEX build_traces_operation ON build_traces_step (operation);
                    """));

    private static final String COLUMNS =
            "SELECT build, stage, number, text, operation, parent, inputs, variables, files FROM build_traces_step ";

    private final Database database;
    private final InstantSource clock;

    StepTraces(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        database.register(SCHEMA);
    }

    /** Why a step is done. */
    String why(StepTrace step, String parentText) {
        return same(step)
                .map(before -> step.whyAfterTheSame(before, parentText))
                .or(() -> inItsPlace(step).map(step::whyAfterAnother))
                .orElse("it was not built before");
    }

    private Optional<StepTrace> same(StepTrace step) {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.first(
                        COLUMNS + "WHERE operation = ? ORDER BY build = ? DESC, used_second DESC",
                        StepTraces::read,
                        step.operation().toString(),
                        step.build()));
    }

    private Optional<StepTrace> inItsPlace(StepTrace step) {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.first(
                        COLUMNS + "WHERE build = ? AND stage = ? AND number = ?",
                        StepTraces::read,
                        step.build(),
                        step.stage(),
                        step.number()));
    }

    /** Remembers steps, each in its place. */
    void put(List<StepTrace> steps) {
        database.transact(Durability.RELAXED, tx -> {
            for (StepTrace step : steps) {
                tx.update(
                        "INSERT OR REPLACE INTO build_traces_step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        step.build(),
                        step.stage(),
                        step.number(),
                        step.text(),
                        step.operation().toString(),
                        step.parent(),
                        step.inputs().toString(),
                        pack(step.variables()),
                        pack(step.files()),
                        clock.instant().getEpochSecond());
            }
            return tx.update(
                    "DELETE FROM build_traces_step WHERE rowid IN (SELECT id FROM (SELECT rowid AS id,"
                            + " SUM(LENGTH(files)) OVER latest AS bytes, COUNT(*) OVER latest AS steps FROM build_traces_step"
                            + " WINDOW latest AS (ORDER BY used_second DESC, rowid DESC)) WHERE bytes > ? OR steps > ?)",
                    MAXIMUM_BYTES,
                    MAXIMUM_STEPS);
        });
    }

    private static StepTrace read(ResultSet row) throws SQLException {
        return new StepTrace(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getString(4),
                Digest.parse(row.getString(5)),
                row.getString(6),
                Digest.parse(row.getString(7)),
                unpack(row.getBytes(8)),
                unpack(row.getBytes(9)));
    }

    private static byte[] pack(Map<String, String> hashes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            for (Map.Entry<String, String> entry : hashes.entrySet()) {
                out.write((entry.getValue() + "\0" + entry.getKey() + "\0").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static SortedMap<String, String> unpack(byte[] bytes) {
        SortedMap<String, String> hashes = new TreeMap<>();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            String[] parts = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\0");
            for (int i = 0; i + 1 < parts.length; i += 2) {
                hashes.put(parts[i + 1], parts[i]);
            }
            return Collections.unmodifiableSortedMap(hashes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
