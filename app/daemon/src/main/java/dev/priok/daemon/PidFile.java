package dev.priok.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file with the daemon's process number, there as long as it runs. */
record PidFile(Path path) implements AutoCloseable {
    static PidFile write(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(path, Long.toString(ProcessHandle.current().pid()));
        return new PidFile(path);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
