package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Docker's json-file: one JSON object a line, in files that are rotated. Byte for byte what Docker writes, so that whatever reads
 * {@code *-json.log} goes on doing so.
 */
public final class JsonFileDriver implements LogDriver {
    /** Written at once; a batch that formats to more takes several writes. */
    private static final int WRITE_BYTES = 256 << 10;

    /** Around a line: keys, quotes, the stream and the time. */
    private static final int RECORD_OVERHEAD = 96;

    private static final byte[] LOG_KEY = ascii("{\"log\":");
    private static final byte[] ATTRIBUTES_KEY = ascii(",\"attrs\":");
    private static final byte[] TIME_KEY = ascii(",\"time\":");
    private static final byte[] END = ascii("}\n");
    private static final byte[][] STREAMS = {ascii(",\"stream\":\"stdout\""), ascii(",\"stream\":\"stderr\"")};

    private final LogFiles files;
    private final long maximumBytes;
    private final boolean compress;
    private final byte[] attributes;
    private final Timestamp timestamp = new Timestamp();
    private final Followers followers;
    private final Compressor compressor;
    private final InstantSource clock;

    private @Nullable FileChannel channel;
    private long inode;
    private long size;
    private boolean broken;

    private JsonFileDriver(JsonFileOptions options, byte[] attributes, Path file, InstantSource clock) {
        files = new LogFiles(file, options.files());
        maximumBytes = options.maximumBytes();
        compress = options.compress();
        this.attributes = attributes;
        this.clock = clock;
        followers = new Followers(options.files());
        compressor = new Compressor(files, followers.lock());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Opens the log of one container: {@code <id>-json.log} in {@code folder}. Nothing is read or made yet. */
    public static JsonFileDriver open(JsonFileOptions options, LogSubject subject, Path folder, InstantSource clock) {
        return new JsonFileDriver(
                options, Attributes.json(options, subject), folder.resolve(subject.id() + "-json.log"), clock);
    }

    @Override
    public void begin() throws IOException {
        if (channel == null) {
            if (Files.exists(files.current())) {
                repair(Mark.NONE);
            }
            openCurrent();
        }
        followers.begin(size);
    }

    private FileChannel openCurrent() throws IOException {
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
        long committed = size;
        JsonWriter json = new JsonWriter(batch.scratch(WRITE_BYTES + RECORD_OVERHEAD + attributes.length));
        try {
            for (int line = 0; line < batch.size(); line++) {
                if (maximumBytes > 0 && size + json.length() >= maximumBytes && size + json.length() > 0) {
                    append(out, json);
                    out = rotate(out, marks, line);
                    committed = size;
                }
                format(batch, line, json);
                if (json.length() >= WRITE_BYTES) {
                    append(out, json);
                }
            }
            append(out, json);
        } catch (IOException e) {
            undo(committed, e);
            throw e;
        }
        followers.grown(size);
    }

    private void format(LogBatch batch, int line, JsonWriter json) {
        json.raw(LOG_KEY);
        json.string(batch.bytes(), batch.from(line), batch.to(line));
        json.raw(STREAMS[batch.stream(line).index()]);
        if (attributes.length > 0) {
            json.raw(ATTRIBUTES_KEY);
            json.raw(attributes);
        }
        json.raw(TIME_KEY);
        timestamp.write(batch.epochNanos(line), json);
        json.raw(END);
    }

    private void append(FileChannel out, JsonWriter json) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(json.array(), 0, json.length());
        while (buffer.hasRemaining()) {
            size += out.write(buffer);
        }
        json.clear();
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
        JsonRecord json = new JsonRecord();
        for (int a = age.get(); a >= 0; a--) {
            try (FileChannel in = FileChannel.open(files.rotated(a), StandardOpenOption.READ)) {
                RecordReader reader = new RecordReader(Segment.plain(in, a == age.get() ? mark.offset() : 0));
                while (reader.next()) {
                    if (json.read(reader.bytes(), reader.from(), reader.to())) {
                        bytes[json.stream().index()] += json.lineBytes();
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
                file.truncate(BackwardScan.endOfLastRecord(file, file.size()));
            }
        }
    }

    @Override
    public void finish() {
        followers.finish();
    }

    @Override
    public Optional<LogCursor> read(LogQuery query) throws IOException {
        return Optional.of(new JsonFileCursor(query, LogParts.open(query, files, followers), clock));
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
