package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildHistory;
import dev.priok.build.BuildRequest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The history of builds: what became of them in the database, what they wrote in a file each. */
final class Journals implements BuildHistory {
    /** Builds that are kept. */
    static final int MAXIMUM_BUILDS = 200;

    /** Bytes that all logs together may take; the latest build's is kept whole all the same. */
    static final long MAXIMUM_LOG_BYTES = 512L << 20;

    private static final int SHORT_ID = 12;
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]{0,63}");

    private static final Schema SCHEMA = new Schema("builds", List.of("""
                    CREATE TABLE builds_build (
                      id TEXT PRIMARY KEY,
                      name TEXT NOT NULL,
                      status TEXT NOT NULL,
                      started TEXT NOT NULL,
                      ended TEXT NOT NULL,
                      image TEXT NOT NULL,
                      error TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE builds_step (
                      build TEXT NOT NULL REFERENCES builds_build (id) ON DELETE CASCADE,
                      number INTEGER NOT NULL,
                      digest TEXT NOT NULL,
                      name TEXT NOT NULL,
                      started TEXT NOT NULL,
                      completed TEXT NOT NULL,
                      cached INTEGER NOT NULL,
                      error TEXT NOT NULL,
                      why TEXT NOT NULL,
                      PRIMARY KEY (build, number)
                    ) WITHOUT ROWID;
                    """));

    private final Database database;
    private final Path folder;
    private final InstantSource clock;
    private final RandomGenerator random;

    Journals(Database database, Path folder, InstantSource clock, RandomGenerator random) throws IOException {
        this.database = database;
        this.folder = Files.createDirectories(folder);
        this.clock = clock;
        this.random = random;
        database.register(SCHEMA);
        database.transact(tx -> tx.update("UPDATE builds_build SET status = 'interrupted' WHERE status = 'running'"));
    }

    private Path file(String id) {
        return folder.resolve(id + ".log");
    }

    /** Begins the record of a build. */
    Journal begin(BuildRequest request) throws IOException {
        String id = request.extras().id().isEmpty()
                ? ObjectId.random(random).hex().substring(0, SHORT_ID)
                : request.extras().id();
        if (!ID.matcher(id).matches()) {
            throw Failure.invalid("invalid build id %s: only letters, digits and dashes, at most 64", id);
        }
        forgetOld();
        String name = request.tags().isEmpty()
                ? request.dockerfile()
                : request.tags().getFirst().familiar();
        Instant now = clock.instant();
        database.transact(Durability.RELAXED, tx -> {
            tx.update("DELETE FROM builds_step WHERE build = ?", id);
            return tx.update(
                    "INSERT OR REPLACE INTO builds_build VALUES (?, ?, 'running', ?, '', '', '')",
                    id,
                    name,
                    now.toString());
        });
        return new Journal(id, file(id), clock);
    }

    /** Writes how a build ended. */
    void end(Journal journal, BuildEvent.Ended ended) {
        String image = ended instanceof BuildEvent.Done done ? done.imageId().toString() : "";
        String error = ended instanceof BuildEvent.Failed failed ? failed.message() : "";
        List<StepRecord> steps = journal.steps();
        database.transact(Durability.RELAXED, tx -> {
            tx.update(
                    "UPDATE builds_build SET status = ?, ended = ?, image = ?, error = ? WHERE id = ?",
                    error.isEmpty() ? "done" : "failed",
                    clock.instant().toString(),
                    image,
                    error,
                    journal.id());
            int number = 0;
            for (StepRecord step : steps) {
                tx.update(
                        "INSERT INTO builds_step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        journal.id(),
                        number++,
                        step.digest().toString(),
                        step.name(),
                        text(step.started()),
                        text(step.completed()),
                        step.cached() ? 1 : 0,
                        step.error(),
                        step.why());
            }
            return number;
        });
    }

    private static String text(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("");
    }

    private static Optional<Instant> time(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    }

    private void forgetOld() throws IOException {
        List<Build> builds = list();
        long bytes = 0;
        for (int i = 0; i < builds.size(); i++) {
            Build build = builds.get(i);
            Path file = file(build.id());
            bytes += Files.exists(file) ? Files.size(file) : 0;
            boolean isTooMuch = i >= MAXIMUM_BUILDS - 1 || (i > 0 && bytes > MAXIMUM_LOG_BYTES);
            if (isTooMuch && !build.status().equals("running")) {
                Files.deleteIfExists(file);
                database.transact(Durability.RELAXED, tx -> {
                    tx.update("DELETE FROM builds_step WHERE build = ?", build.id());
                    return tx.update("DELETE FROM builds_build WHERE id = ?", build.id());
                });
            }
        }
    }

    @Override
    public List<Build> list() {
        return database.transact(
                Durability.RELAXED,
                tx -> tx.query(
                        "SELECT id, name, status, started, ended, image, error FROM builds_build ORDER BY started DESC",
                        row -> new Build(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                Instant.parse(row.getString(4)),
                                time(row.getString(5)),
                                row.getString(6).isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(Digest.parse(row.getString(6))),
                                row.getString(7),
                                List.of())));
    }

    @Override
    public Build find(String id) {
        List<Build> found = list().stream()
                .filter(b -> !id.isEmpty() && b.id().startsWith(id))
                .toList();
        if (found.isEmpty()) {
            throw Failure.notFound("No such build: %s", id);
        }
        Build build = found.stream().filter(b -> b.id().equals(id)).findFirst().orElseGet(found::getFirst);
        if (found.size() > 1 && !build.id().equals(id)) {
            throw Failure.invalid("several builds begin with %s: give more of the id", id);
        }
        List<StepRecord> steps = new ArrayList<>(database.transact(
                Durability.RELAXED,
                tx -> tx.query(
                        "SELECT digest, name, started, completed, cached, error, why FROM builds_step WHERE build = ? ORDER BY number",
                        row -> new StepRecord(
                                Digest.parse(row.getString(1)),
                                row.getString(2),
                                time(row.getString(3)),
                                time(row.getString(4)),
                                row.getInt(5) != 0,
                                row.getString(6),
                                row.getString(7)),
                        build.id())));
        return new Build(
                build.id(),
                build.name(),
                build.status(),
                build.started(),
                build.ended(),
                build.image(),
                build.error(),
                steps);
    }

    @Override
    public InputStream log(String id) throws IOException {
        try {
            return Files.newInputStream(file(find(id).id()));
        } catch (NoSuchFileException e) {
            throw new Failure(Failure.Kind.NOT_FOUND, "the log of build " + id + " is gone", e);
        }
    }
}
