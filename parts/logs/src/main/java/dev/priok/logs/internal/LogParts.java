package dev.priok.logs.internal;

import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that one reader goes through, oldest first: opened all at once, so that no rotation takes one away, and joined by
 * those that rotations make while it follows.
 */
final class LogParts {
    /**
     * A file to read.
     *
     * @param file open for reading; whoever takes the part closes it
     * @param compressed whether it must be read through gzip
     * @param offset where to begin, in bytes of the plain text
     * @param inode its inode number
     */
    record Part(FileChannel file, boolean compressed, long offset, long inode) {}

    private final ArrayDeque<Part> parts;
    private final Followers.@Nullable Follower follower;
    private final long snapshotBytes;

    private LogParts(ArrayDeque<Part> parts, Followers.@Nullable Follower follower, long snapshotBytes) {
        this.parts = parts;
        this.follower = follower;
        this.snapshotBytes = snapshotBytes;
    }

    /** Opens all files of a log, from where the query's tail begins. */
    static LogParts open(LogQuery query, RecordFormat format, LogFiles files, Followers followers) throws IOException {
        List<Part> opened = new ArrayList<>();
        Followers.Follower follower = null;
        try {
            long size;
            followers.lock().lock();
            try {
                for (int age = files.files() - 1; age >= 0; age--) {
                    open(files, age, opened);
                }
                boolean live = followers.running();
                long there = opened.isEmpty() ? 0 : opened.getLast().file().size();
                // Less is there when somebody cut the file and the writer has not seen it yet.
                size = live ? Math.min(followers.size(), there) : there;
                if (live && query.follow()) {
                    follower = followers.follow();
                }
            } finally {
                followers.lock().unlock();
            }
            return new LogParts(fromTail(format, opened, size, query, follower != null), follower, size);
        } catch (IOException e) {
            for (Part part : opened) {
                part.file().close();
            }
            if (follower != null) {
                follower.close();
            }
            throw e;
        }
    }

    private static void open(LogFiles files, int age, List<Part> opened) throws IOException {
        try {
            opened.add(part(files.rotated(age), false));
            return;
        } catch (NoSuchFileException _) {
            if (age == 0) {
                return; // nothing was written yet
            }
        }
        try {
            opened.add(part(files.compressed(age), true));
        } catch (NoSuchFileException _) {
            // there never were that many files
        }
    }

    static Part part(Path path, boolean compressed) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new Part(file, compressed, 0, LogFiles.inode(path));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Follows from a place on; from the beginning when its file is gone. */
    static LogParts after(LogDriver.Mark mark, RecordFormat format, LogFiles files, Followers followers)
            throws IOException {
        LogParts all = open(LogQuery.FOLLOW, format, files, followers);
        boolean known = all.parts.stream().anyMatch(part -> part.inode() == mark.file());
        while (known && all.parts.getFirst().inode() != mark.file()) {
            all.parts.remove().file().close();
        }
        if (known) {
            Part first = all.parts.remove();
            long offset = mark.offset() <= first.file().size() ? mark.offset() : 0;
            all.parts.addFirst(new Part(first.file(), first.compressed(), offset, first.inode()));
        }
        return all;
    }

    /** Leaves out what comes before the last records that are wanted. */
    private static ArrayDeque<Part> fromTail(
            RecordFormat format, List<Part> opened, long size, LogQuery query, boolean live) throws IOException {
        if (query.tail().isEmpty()) {
            return new ArrayDeque<>(opened);
        }
        ArrayDeque<Part> kept = new ArrayDeque<>();
        long missing = Math.max(0, query.tail().getAsInt());
        for (int i = opened.size() - 1; i >= 0; i--) {
            Part part = opened.get(i);
            boolean newest = i == opened.size() - 1;
            RecordFormat.Found found;
            if (missing > 0) {
                long end = newest ? size : part.file().size();
                found = part.compressed()
                        ? ForwardTail.lastRecords(format, () -> Segment.compressed(part.file(), 0), missing, query)
                        : format.lastRecords(part.file(), end, missing, query);
            } else if (newest && live) {
                found = new RecordFormat.Found(size, 0);
            } else {
                part.file().close();
                continue;
            }
            missing -= found.records();
            kept.addFirst(new Part(part.file(), part.compressed(), found.offset(), part.inode()));
        }
        return kept;
    }

    /** Takes the next file, when the one before was read to its end; empty when there is none. */
    synchronized Optional<Part> next() {
        Part part = parts.poll();
        if (part != null) {
            return Optional.of(part);
        }
        return follower == null ? Optional.empty() : follower.nextFile();
    }

    /** How far the file that was taken last may be read while it is being written; negative when nobody writes it. */
    synchronized long liveLimit() {
        return follower == null || !parts.isEmpty() ? -1 : follower.limit();
    }

    /** How far a file may be read that nobody writes, or that is not followed. */
    synchronized long finalLimit(FileChannel file) throws IOException {
        return follower == null && parts.isEmpty() ? snapshotBytes : file.size();
    }

    /** Waits as {@link Followers.Follower#await}. */
    boolean await(long position, long shortenings, long deadlineNanoTime) throws InterruptedException {
        return follower != null && follower.await(position, shortenings, deadlineNanoTime);
    }

    /** How often the file was cut by somebody else while it was written. */
    long shortenings() {
        return follower == null ? 0 : follower.shortenings();
    }

    /** How long the last cut left it. */
    long shortenedTo() {
        return follower == null ? 0 : follower.shortenedTo();
    }

    long lostFiles() {
        return follower == null ? 0 : follower.lostFiles();
    }

    synchronized void close() throws IOException {
        if (follower != null) {
            follower.close();
        }
        for (Part part : parts) {
            part.file().close();
        }
        parts.clear();
    }
}
