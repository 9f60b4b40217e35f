package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Joins the writer of a log with those who follow it: how long the current file is, when it changes, and the end. */
final class Followers {
    /**
     * Each file that a follower has not come to yet is kept open for it. Those that the log still has cost no space; of those that
     * it gave up, this many may be kept back. A follower that is further behind loses the oldest.
     */
    private static final int MAXIMUM_FILES_KEPT_BACK = 4;

    private final int maximumFilesBehind;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Follower> list = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile long size;
    private volatile boolean running;
    private final AtomicLong shortenings = new AtomicLong();
    private long shortenedTo;
    private long run;

    /** Of a log that has at most so many files. */
    Followers(int files) {
        maximumFilesBehind = files + MAXIMUM_FILES_KEPT_BACK;
    }

    /** One who follows. */
    final class Follower implements AutoCloseable {
        private final ArrayDeque<LogParts.Part> ahead = new ArrayDeque<>();
        private final long followedRun = run;
        private boolean closed;
        private long lostFiles;

        /** The current file's readable length when this follower reads that; else negative. */
        long limit() {
            lock.lock();
            try {
                return ahead.isEmpty() ? size : -1;
            } finally {
                lock.unlock();
            }
        }

        /** Waits until there is more than {@code position}, the file was cut, or the deadline; false at the end of it all. */
        boolean await(long position, long knownShortenings, long deadlineNanoTime) throws InterruptedException {
            lock.lockInterruptibly();
            waiting.incrementAndGet();
            try {
                while (ahead.isEmpty() && size <= position && shortenings.get() == knownShortenings) {
                    long left = deadlineNanoTime - System.nanoTime();
                    if (closed || !running || run != followedRun || left <= 0) {
                        return false;
                    }
                    boolean _ = changed.await(left, TimeUnit.NANOSECONDS);
                }
                return !closed;
            } finally {
                waiting.decrementAndGet();
                lock.unlock();
            }
        }

        /** The file after the one that was read to its end; empty when that is the current one. */
        Optional<LogParts.Part> nextFile() {
            lock.lock();
            try {
                return Optional.ofNullable(ahead.poll());
            } finally {
                lock.unlock();
            }
        }

        long shortenings() {
            return shortenings.get();
        }

        long shortenedTo() {
            lock.lock();
            try {
                return shortenedTo;
            } finally {
                lock.unlock();
            }
        }

        long lostFiles() {
            lock.lock();
            try {
                return lostFiles;
            } finally {
                lock.unlock();
            }
        }

        private void add(LogParts.Part file) throws IOException {
            if (ahead.size() == maximumFilesBehind) {
                ahead.remove().file().close();
                lostFiles++;
            }
            ahead.add(file);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                list.remove(this);
                for (LogParts.Part part : ahead) {
                    part.file().close();
                }
                ahead.clear();
                changed.signalAll();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Held by whoever changes the files' names or opens several of them. */
    ReentrantLock lock() {
        return lock;
    }

    /** Begins to follow the current file; hold the lock. */
    Follower follow() {
        Follower follower = new Follower();
        list.add(follower);
        return follower;
    }

    /** Whether the log is being written. */
    boolean running() {
        return running;
    }

    /** How much of the current file may be read while it is being written. */
    long size() {
        return size;
    }

    void begin(long bytes) {
        lock.lock();
        try {
            size = bytes;
            running = true;
            run++;
        } finally {
            lock.unlock();
        }
    }

    /** The current file has so many bytes now. */
    void grown(long bytes) {
        size = bytes;
        if (waiting.get() > 0) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Somebody else cut the current file to so many bytes. */
    void shortened(long bytes) {
        lock.lock();
        try {
            size = bytes;
            shortenedTo = bytes;
            shortenings.incrementAndGet();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The log goes on in another file; hold the lock. */
    void rotated(Path current) {
        size = 0;
        for (Follower follower : list) {
            try {
                follower.add(LogParts.part(current, false));
            } catch (IOException _) {
                follower.lostFiles++; // its reader tells of it; the log itself is well
            }
        }
        changed.signalAll();
    }

    void finish() {
        lock.lock();
        try {
            running = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
