package dev.priok.logs;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The files between a run's sources and its log, in one folder: a journal for each stream ({@code stdout.journal},
 * {@code stderr.journal}) with the raw bytes, {@code index} with the times at which the monitor appended to them, and
 * {@code checkpoint}.
 *
 * <p>The descriptor of a journal is shared with the monitor, which inherits it, and so is its position: whoever moves output
 * splices at the position. It must therefore be the same open file: after a restart of the daemon it is fetched from the monitor
 * ({@link #adopt}), and opened anew ({@link #open}) only when there is no monitor any more.
 *
 * <p>The index is appended to by the monitor alone, in records of {@value #INDEX_RECORD_BYTES} bytes in the machine's byte order:
 * {@code int64} nanoseconds since the epoch, {@code int64} the stream's journal position after the append, {@code int32} the
 * stream's {@linkplain LogStream#number number}, {@code int32} zero.
 */
public final class Journals implements AutoCloseable {
    public static final int INDEX_RECORD_BYTES = 24;

    private static final String CHECKPOINT = "checkpoint";
    private static final String INDEX = "index";
    private static final String DROPPED = "dropped";

    /** Output may hold secrets: for the owner's eyes alone. */
    private static final int MODE = 0600;

    /** Held while files are put in place or removed by name: a run that ends late may do so while the next begins. */
    private static final ReentrantLock NAMES = new ReentrantLock();

    private final Path folder;
    private final Map<LogStream, Fd> journals;
    private final Fd index;

    private Journals(Path folder, Map<LogStream, Fd> journals, Fd index) {
        this.folder = folder;
        this.journals = journals;
        this.index = index;
    }

    /** Makes the journals of a new run in an existing folder, in place of those of the run before. */
    public static Journals create(Path folder, Set<LogStream> streams) throws IOException {
        NAMES.lock();
        try {
            delete(folder);
            return openAll(folder, streams, OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL);
        } finally {
            NAMES.unlock();
        }
    }

    /** Goes on with a run: the descriptors come from its monitor and are owned by the result, even if this fails. */
    public static Journals adopt(Path folder, Map<LogStream, Fd> descriptors) throws IOException {
        Map<LogStream, Fd> journals = new EnumMap<>(LogStream.class);
        journals.putAll(descriptors);
        try {
            return new Journals(folder, journals, openIndex(folder));
        } catch (IOException e) {
            journals.values().forEach(Fd::close);
            throw e;
        }
    }

    /** Opens what a run left behind that has no monitor any more; has no stream when all of it is in the log. */
    public static Journals open(Path folder) throws IOException {
        Set<LogStream> left = java.util.EnumSet.noneOf(LogStream.class);
        for (LogStream stream : LogStream.values()) {
            if (Files.exists(journal(folder, stream))) {
                left.add(stream);
            }
        }
        Journals journals = openAll(folder, left, OpenFlag.RDWR);
        try {
            for (Fd fd : journals.journals.values()) {
                DescriptorCalls.host().seek(fd, 0, 2);
            }
            return journals;
        } catch (IOException e) {
            journals.close();
            throw e;
        }
    }

    private static Journals openAll(Path folder, Set<LogStream> streams, int flags) throws IOException {
        Map<LogStream, Fd> journals = new EnumMap<>(LogStream.class);
        try {
            for (LogStream stream : streams) {
                journals.put(
                        stream, FileCalls.host().open(journal(folder, stream).toString(), flags, MODE));
            }
            return new Journals(folder, journals, openIndex(folder));
        } catch (IOException e) {
            journals.values().forEach(Fd::close);
            throw e;
        }
    }

    private static Fd openIndex(Path folder) throws IOException {
        return FileCalls.host()
                .open(folder.resolve(INDEX).toString(), OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.APPEND, MODE);
    }

    private static Path journal(Path folder, LogStream stream) {
        return folder.resolve(stream.wireName() + ".journal");
    }

    /** The stream's journal, for a monitor to inherit; empty when the run has no such stream. */
    public Optional<Fd> journal(LogStream stream) {
        return Optional.ofNullable(journals.get(stream));
    }

    /** The streams that have a journal. */
    public Set<LogStream> streams() {
        return Set.copyOf(journals.keySet());
    }

    /** The index, opened for appending, for a monitor to inherit. */
    public Fd index() {
        return index;
    }

    /** Where {@link OutputPump} notes how far it is. */
    public Path checkpoint() {
        return folder.resolve(CHECKPOINT);
    }

    /** Where {@link Overflow} notes what was dropped, over all runs: stays when a run's files are removed. */
    public Path dropped() {
        return folder.resolve(DROPPED);
    }

    /** Removes a run's files: what is not in the log yet is gone. */
    public static void delete(Path folder) throws IOException {
        // The checkpoint goes last: without one a journal would be taken for one that was never read.
        for (LogStream stream : LogStream.values()) {
            Files.deleteIfExists(journal(folder, stream));
        }
        Files.deleteIfExists(folder.resolve(INDEX));
        Files.deleteIfExists(folder.resolve(CHECKPOINT));
    }

    /** Closes and removes them, when all of it is in the log; files that a newer run has put in their place stay. */
    public void remove() throws IOException {
        NAMES.lock();
        try {
            if (inPlace()) {
                delete(folder);
            }
        } finally {
            NAMES.unlock();
            close();
        }
    }

    /** Each run makes an index of its own; while ours is open, no other file gets its inode number. */
    private boolean inPlace() throws IOException {
        Path path = folder.resolve(INDEX);
        if (!Files.exists(path)) {
            return false;
        }
        try (Fd there = FileCalls.host().open(path.toString(), OpenFlag.PATH)) {
            return FileCalls.host().stat(there).inode()
                    == FileCalls.host().stat(index).inode();
        }
    }

    @Override
    public void close() {
        journals.values().forEach(Fd::close);
        index.close();
    }
}
