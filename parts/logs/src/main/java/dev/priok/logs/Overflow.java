package dev.priok.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of output that a log in {@code mode=non-blocking} cannot take as fast as it comes: so much is buffered, and what is
 * more is dropped and counted, over all runs of the container. Safe for any thread.
 */
public final class Overflow {
    private static final Logger LOG = LoggerFactory.getLogger(Overflow.class);

    private final long bufferBytes;
    private Dropped dropped = Dropped.NOTHING;
    private Path note = Path.of("");

    /**
     * What was dropped.
     *
     * @param lines lines, or parts of {@value LogDriver#MAXIMUM_LINE_BYTES} bytes of longer ones: records that the log lacks
     * @param bytes as the container wrote them
     */
    public record Dropped(long lines, long bytes) {
        public static final Dropped NOTHING = new Dropped(0, 0);
    }

    /** Makes one that has dropped nothing; a line that is begun while there is room is kept to its end. */
    public Overflow(long bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    /** Output that is not in the log yet is dropped when it would be more than this. */
    public long bufferBytes() {
        return bufferBytes;
    }

    /** The figures until now. */
    public synchronized Dropped dropped() {
        return dropped;
    }

    /** Goes on from figures that were kept elsewhere, if they are higher: they never fall. */
    public synchronized void atLeast(Dropped known) {
        if (known.lines() > dropped.lines()) {
            dropped = known;
        }
    }

    /** Goes on from what the file says, and notes there from now on: two {@code int64}, so that kill -9 does not lose count. */
    public synchronized void noteIn(Path file) throws IOException {
        note = file;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer figures = ByteBuffer.allocate(2 * Long.BYTES);
            if (channel.read(figures, 0) == figures.capacity()) {
                atLeast(new Dropped(figures.getLong(0), figures.getLong(Long.BYTES)));
            }
        }
    }

    /** Counts. */
    public synchronized void add(long lines, long bytes) {
        dropped = new Dropped(dropped.lines() + lines, dropped.bytes() + bytes);
        ByteBuffer figures = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(dropped.lines())
                .putLong(dropped.bytes())
                .flip();
        try (FileChannel channel = FileChannel.open(note, StandardOpenOption.WRITE)) {
            channel.write(figures, 0);
        } catch (IOException e) {
            // Figures that a kill of the daemon would take back, and nothing else.
            LOG.debug("{} cannot be written", note, e);
        }
    }
}
