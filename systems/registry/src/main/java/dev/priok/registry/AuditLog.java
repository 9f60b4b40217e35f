package dev.priok.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who did what, a line of JSON each, written before the answer is sent:
 * {@code {"time":"...","who":"ann","by":"PASSWORD","from":"10.0.0.7","action":"push","repository":"team/app","reference":"v1","digest":"sha256:...","result":201}}.
 * When the file is full it becomes {@code FILE.1}, that {@code FILE.2}, and the oldest goes. Lines outlive the process at once, a
 * crash of the host when the system has flushed them.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One line.
     *
     * @param time ISO 8601
     * @param who name of the user; empty for nobody in particular; {@code registry} for what the registry does by itself
     * @param by how that was shown
     * @param from address of the client
     * @param action pull, push, delete, login ...
     * @param repository what it was done to
     * @param reference tag, digest or other name that was given
     * @param digest what that meant
     * @param result status of HTTP
     * @param detail why not
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @JsonPropertyOrder({"time", "who", "by", "from", "action", "repository", "reference", "digest", "result", "detail"})
    public record Entry(
            String time,
            @JsonInclude(JsonInclude.Include.ALWAYS) String who,
            String by,
            String from,
            String action,
            String repository,
            String reference,
            String digest,
            int result,
            String detail) {}

    private final Path file;
    private final long maximumBytes;
    private final int files;
    private final ReentrantLock turn = new ReentrantLock();
    private final LongAdder failures = new LongAdder();
    // Guarded by the turn.
    private FileChannel channel;
    private long size;
    private volatile boolean broken;

    private AuditLog(Path file, long maximumBytes, int files) throws IOException {
        this.file = file;
        this.maximumBytes = maximumBytes;
        this.files = files;
        this.channel = channel(file);
        this.size = channel.size();
    }

    /**
     * Opens or makes the log.
     *
     * @param maximumBytes of one file
     * @param files how many there are at most, the one that is written included
     */
    public static AuditLog open(Path file, long maximumBytes, int files) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return new AuditLog(file.toAbsolutePath(), maximumBytes, files);
    }

    private static FileChannel channel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** Writes a line; what cannot be written is counted and makes the registry unready. */
    public void write(Entry entry) {
        byte[] line;
        try {
            byte[] json = JSON.writeValueAsBytes(entry);
            line = java.util.Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an audit entry cannot be written as JSON", e);
        }
        turn.lock();
        try {
            if (size > 0 && size + line.length > maximumBytes) {
                rotate();
            }
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                size += channel.write(bytes);
            }
            broken = false;
        } catch (IOException e) {
            failures.increment();
            if (!broken) {
                LOG.error("cannot write the audit log {}", file, e);
            }
            broken = true;
        } finally {
            turn.unlock();
        }
    }

    private void rotate() throws IOException {
        channel.close();
        for (int number = files - 1; number >= 1; number--) {
            try {
                Files.move(
                        number == 1 ? file : numbered(number - 1),
                        numbered(number),
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException e) {
                LOG.debug("there are fewer audit logs than may be", e);
            }
        }
        if (files == 1) {
            Files.deleteIfExists(file);
        }
        channel = channel(file);
        size = channel.size();
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /** Lines that could not be written. */
    public long failures() {
        return failures.sum();
    }

    /** Whether the last line could not be written. */
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        turn.lock();
        try {
            channel.close();
        } finally {
            turn.unlock();
        }
    }
}
