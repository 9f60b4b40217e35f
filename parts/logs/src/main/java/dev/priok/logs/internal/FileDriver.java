package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps a log in files that are rotated; what a record in them looks like is the {@link RecordFormat}'s. */
public final class FileDriver implements LogDriver {
    /** Written at once; a batch that formats to more takes several writes. */
    private static final int WRITE_BYTES = 256 << 10;

    private final LogFiles files;
    private final long maximumBytes;
    private final boolean compress;
    private final RecordFormat format;
    private final Followers followers;
    private final Compressor compressor;
    private final InstantSource clock;
    private final Optional<Overflow> overflow;

    private @Nullable FileChannel channel;
    private long inode;
    private long size;
    private boolean broken;

    private FileDriver(
            RecordFormat format, FileOptions options, Optional<Overflow> overflow, Path file, InstantSource clock) {
        this.format = format;
        this.overflow = overflow;
        files = new LogFiles(file, options.files());
        maximumBytes = options.maximumBytes();
        compress = options.compress();
        this.clock = clock;
        followers = new Followers(options.files());
        compressor = new Compressor(files, followers.lock());
    }

    /** Opens the json-file log of one container: {@code <id>-json.log} in {@code folder}. Nothing is read or made yet. */
    public static FileDriver jsonFile(
            Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        return new FileDriver(
                new JsonFormat(Attributes.of(options, subject)),
                FileOptions.parse(options, "", FileOptions.JSON_FILE),
                DeliveryOptions.parse(options),
                folder.resolve(subject.id() + "-json.log"),
                clock);
    }

    /** Opens the local log of one container: {@code local-logs/container.log} in {@code folder}, as Docker names it. */
    public static FileDriver local(Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        return new FileDriver(
                new LocalFormat(Attributes.of(options, subject)),
                FileOptions.parse(options, "", FileOptions.LOCAL),
                DeliveryOptions.parse(options),
                folder.resolve("local-logs").resolve("container.log"),
                clock);
    }

    /** Opens what is kept here of a log that goes elsewhere: {@code container-cached.log} in {@code folder}. */
    static FileDriver cache(Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        return new FileDriver(
                new LocalFormat(Attributes.of(options, subject)),
                FileOptions.parse(options, "cache-", FileOptions.CACHE),
                DeliveryOptions.parse(options),
                folder.resolve("container-cached.log"),
                clock);
    }

    /** Checks the options of json-file. */
    public static void checkJsonFile(Map<String, String> options) {
        check("json-file", options, FileOptions.JSON_FILE);
    }

    /** Checks the options of local. */
    public static void checkLocal(Map<String, String> options) {
        check("local", options, FileOptions.LOCAL);
    }

    private static void check(String driver, Map<String, String> options, FileOptions defaults) {
        Set<String> names = new HashSet<>(FileOptions.NAMES);
        names.addAll(Attributes.NAMES);
        names.addAll(DeliveryOptions.NAMES);
        OptionText.known(driver, options, names);
        FileOptions.parse(options, "", defaults);
        Optional<Overflow> _ = DeliveryOptions.parse(options);
        Attributes.check(options);
    }

    @Override
    public void begin() throws IOException {
        if (channel == null) {
            if (Files.exists(files.current())) {
                repair(Mark.NONE);
            }
            openCurrent();
        }
        format.reset();
        followers.begin(size);
    }

    private FileChannel openCurrent() throws IOException {
        Files.createDirectories(files.current().resolveSibling("."));
        FileChannel opened = files.append();
        inode = LogFiles.inode(files.current());
        size = opened.size();
        channel = opened;
        return opened;
    }

    /** Ends a rotation that failed half way, and takes back what a failed write left. */
    private FileChannel reopen() throws IOException {
        long known = inode;
        long committed = size;
        repair(new Mark(known, committed));
        FileChannel opened = openCurrent();
        if (inode == known && size > committed) {
            opened.truncate(committed);
            size = committed;
        }
        broken = false;
        return opened;
    }

    @Override
    public void write(LogBatch batch, Marks marks) throws IOException {
        FileChannel out = broken ? reopen() : channel;
        if (out == null) {
            throw new IllegalStateException("log is written before it was begun");
        }
        if (out.size() < size) {
            out = shortened(marks);
        }
        long committed = size;
        JsonWriter json = new JsonWriter(batch.scratch(WRITE_BYTES + format.overheadBytes()));
        try {
            for (int line = 0; line < batch.size(); line++) {
                if (maximumBytes > 0 && size + json.length() >= maximumBytes && size + json.length() > 0) {
                    append(out, json);
                    out = rotate(out, marks, line);
                    committed = size;
                }
                format.format(batch, line, json);
                if (json.length() >= WRITE_BYTES) {
                    append(out, json);
                }
            }
            append(out, json);
        } catch (IOException e) {
            format.reset();
            undo(committed, e);
            throw e;
        }
        followers.grown(size);
    }

    private void append(FileChannel out, JsonWriter json) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(json.array(), 0, json.length());
        while (buffer.hasRemaining()) {
            size += out.write(buffer);
        }
        json.clear();
    }

    /** Somebody cut the file: goes on where it ends now, and followers begin there too. */
    private FileChannel shortened(Marks marks) throws IOException {
        repair(new Mark(inode, size));
        FileChannel out = openCurrent();
        followers.shortened(size);
        marks.moved(new Mark(inode, size), 0);
        return out;
    }

    private void undo(long committed, IOException cause) {
        try {
            FileChannel out = channel;
            if (out != null && !broken) {
                size = committed;
                out.truncate(committed);
            }
        } catch (IOException e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    private FileChannel rotate(FileChannel old, Marks marks, int lines) throws IOException {
        FileChannel next = files.createNext();
        try {
            marks.moved(new Mark(LogFiles.inode(files.next()), 0), lines);
        } catch (IOException e) {
            next.close();
            Files.deleteIfExists(files.next());
            throw e;
        }
        // From here on the next file is the log, whatever fails: recovery ends the rotation.
        channel = next;
        inode = LogFiles.inode(files.next());
        size = 0;
        broken = true;
        old.close();
        followers.lock().lock();
        try {
            files.rotate();
            followers.rotated(files.current());
        } finally {
            followers.lock().unlock();
        }
        broken = false;
        if (compress) {
            compressor.compress();
        }
        return next;
    }

    @Override
    public Mark mark() throws IOException {
        if (channel == null) {
            openCurrent();
        }
        return new Mark(inode, size);
    }

    @Override
    public Behind recover(Mark mark) throws IOException {
        files.removeLeftovers();
        repair(mark);
        Optional<Integer> age = files.age(mark.file());
        if (age.isEmpty()) {
            return Behind.NOTHING;
        }
        long[] bytes = new long[LogStream.values().length];
        LogRecord record = format.record();
        for (int a = age.get(); a >= 0; a--) {
            try (FileChannel in = FileChannel.open(files.rotated(a), StandardOpenOption.READ)) {
                RecordReader reader = format.reader(Segment.plain(in, a == age.get() ? mark.offset() : 0));
                while (reader.next()) {
                    if (record.read(reader.bytes(), reader.from(), reader.to())) {
                        bytes[record.stream().index()] += record.lineBytes();
                    }
                }
            } catch (NoSuchFileException _) {
                // a rotation was cut short before there was a current file
            }
        }
        return new Behind(bytes[0], bytes[1]);
    }

    /** Ends or takes back a rotation that was cut short, and cuts off a torn last record. */
    private void repair(Mark mark) throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
            channel = null;
        }
        if (Files.exists(files.next())) {
            if (LogFiles.inode(files.next()) == mark.file()) {
                files.rotate();
            } else {
                Files.delete(files.next());
            }
        }
        if (Files.exists(files.current())) {
            try (FileChannel file =
                    FileChannel.open(files.current(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                file.truncate(format.endOfLastRecord(file, file.size()));
            }
        }
    }

    @Override
    public Optional<Overflow> overflow() {
        return overflow;
    }

    @Override
    public void finish() {
        followers.finish();
    }

    @Override
    public Optional<LogCursor> read(LogQuery query) throws IOException {
        return Optional.of(
                new FileCursor(format, query, LogParts.open(query, format, files, followers), Mark.NONE, clock));
    }

    /** Follows from a place on; from the beginning when the file of that place is gone. */
    FileCursor follow(Mark from) throws IOException {
        return new FileCursor(format, LogQuery.FOLLOW, LogParts.after(from, format, files, followers), from, clock);
    }

    @Override
    public Optional<Path> path() {
        return Optional.of(files.current());
    }

    @Override
    public void close() throws IOException {
        followers.finish();
        compressor.close();
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
