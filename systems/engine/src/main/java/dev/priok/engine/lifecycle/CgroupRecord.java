package dev.priok.engine.lifecycle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says in the folder of a run which cgroup is the run's. It is written before the cgroup is made and goes after it, so every cgroup of
 * this engine has one: what has none belongs to somebody else, who may use the same parent.
 */
final class CgroupRecord {
    private static final String FILE = "cgroup";

    private CgroupRecord() {}

    static void write(Path folder, String cgroup) throws IOException {
        Files.writeString(folder.resolve(FILE), cgroup, StandardCharsets.UTF_8);
    }

    /** Empty when none was made, or when the engine was killed while it wrote the record, and then none was made either. */
    static Optional<String> read(Path folder) throws IOException {
        try {
            return Optional.of(Files.readString(folder.resolve(FILE), StandardCharsets.UTF_8))
                    .filter(cgroup -> cgroup.endsWith("/" + folder.getFileName()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }
}
