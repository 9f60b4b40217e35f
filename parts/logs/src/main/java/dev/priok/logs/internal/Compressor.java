package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compresses rotated files of one log in the background, one at a time, the oldest first. */
final class Compressor {
    private static final Logger LOG = LoggerFactory.getLogger(Compressor.class);

    private final LogFiles files;
    private final ReentrantLock names;
    private @Nullable Thread working;
    private boolean again;
    private boolean closed;

    /** Takes names as long as it holds {@code names}, the lock that rotations hold too. */
    Compressor(LogFiles files, ReentrantLock names) {
        this.files = files;
        this.names = names;
    }

    /** Has all rotated files compressed that are not yet; returns at once. */
    synchronized void compress() {
        again = true;
        if (working == null && !closed) {
            working = Thread.ofVirtual().name("compress-log").start(this::work);
        }
    }

    private void work() {
        try {
            while (more()) {
                for (int age = files.files() - 1; age >= 1; age--) {
                    compress(age);
                }
            }
        } catch (IOException e) {
            LOG.warn("log {} could not be compressed: {}", files.current(), e.toString());
            idle();
        }
    }

    /** Whether there was a rotation since it was asked last; if not, this thread is to end. */
    private synchronized boolean more() {
        boolean more = again && !closed;
        again = false;
        if (!more) {
            idle();
        }
        return more;
    }

    private synchronized void idle() {
        working = null;
        notifyAll();
    }

    private void compress(int age) throws IOException {
        long inode;
        Path temporary;
        try {
            inode = LogFiles.inode(files.rotated(age));
            temporary = files.compress(files.rotated(age), inode);
        } catch (NoSuchFileException _) {
            return; // there is none of that age, or it was renamed this instant: the rotation asks again
        }
        names.lock();
        try {
            // It may have been renamed meanwhile.
            Optional<Integer> now = files.age(inode);
            if (now.isPresent()) {
                files.replace(now.get(), temporary);
            } else {
                Files.deleteIfExists(temporary);
            }
        } finally {
            names.unlock();
        }
    }

    /** Waits until nothing is being compressed. */
    synchronized void close() {
        boolean interrupted = false;
        closed = true;
        while (working != null) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
