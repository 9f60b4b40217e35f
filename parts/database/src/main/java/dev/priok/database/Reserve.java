package dev.priok.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that only takes up room beside the database: given up when the disk is full, so that the transactions that make room
 * again can be written. It is made anew at the next start.
 */
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    /** Some hundred small transactions. */
    private static final int BYTES = 1 << 20;

    private final Path file;

    private Reserve(Path file) {
        this.file = file;
    }

    static Reserve at(Path database) throws IOException {
        Path file = database.resolveSibling(database.getFileName() + "-reserve");
        if (!Files.exists(file) || Files.size(file) < BYTES) {
            try {
                Files.write(file, new byte[BYTES]);
            } catch (IOException e) {
                // Full already: opening must work all the same.
                LOG.warn("no room to hold back for the database: {}", e.getMessage());
                Files.deleteIfExists(file);
            }
        }
        return new Reserve(file);
    }

    /** Gives the room up; false when there is none. */
    boolean release() {
        try {
            boolean released = Files.deleteIfExists(file);
            if (released) {
                LOG.warn("the disk of {} is full: using the space held back for the database", file);
            }
            return released;
        } catch (IOException e) {
            LOG.warn("cannot give up {}", file, e);
            return false;
        }
    }
}
