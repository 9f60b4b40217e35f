package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compresses rotated files of one log in the background, one at a time. */
final class Compressor {
    private static final Logger LOG = LoggerFactory.getLogger(Compressor.class);

    private final LogFiles files;
    private final ReentrantLock names;
    private @Nullable Thread working;

    /** Takes names as long as it holds {@code names}, the lock that rotations hold too. */
    Compressor(LogFiles files, ReentrantLock names) {
        this.files = files;
        this.names = names;
    }

    /** Compresses the rotated file with that inode number, unless one is being compressed: that one then stays as it is. */
    void compress(long inode) {
        Thread before = working;
        if (before != null && before.isAlive()) {
            LOG.info("log {} is rotated faster than it can be compressed", files.current());
            return;
        }
        working = Thread.ofVirtual().name("compress-log").start(() -> work(inode));
    }

    private void work(long inode) {
        try {
            Optional<Integer> age = files.age(inode);
            if (age.isEmpty()) {
                return;
            }
            Path temporary = files.compress(files.rotated(age.get()));
            names.lock();
            try {
                // It may have been renamed meanwhile.
                Optional<Integer> now = files.age(inode);
                if (now.isPresent()) {
                    files.replace(now.get(), temporary);
                } else {
                    java.nio.file.Files.deleteIfExists(temporary);
                }
            } finally {
                names.unlock();
            }
        } catch (IOException e) {
            LOG.warn("log {} could not be compressed: {}", files.current(), e.toString());
        }
    }

    /** Waits until nothing is being compressed. */
    void close() {
        Thread last = working;
        if (last == null) {
            return;
        }
        try {
            last.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
