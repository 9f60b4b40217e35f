package dev.priok.logs.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import dev.priok.logs.LogDriver;
import dev.priok.logs.Output;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a container that never waits for its log: from its source into its journal or, while the buffer is full, away.
 * Whole lines are dropped, the newest, as Docker's ring does; a line whose beginning was kept is kept to its end. What is dropped
 * was read and looked at; all else is spliced, so that a kill of the daemon loses none of it.
 *
 * <p>The intake's thread moves it; the pump's tells how much of the journal is in the log.
 */
final class Inlet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inlet.class);
    private static final DescriptorCalls CALLS = DescriptorCalls.host();

    /** An abandoned source that is written to without end is given up after so many turns. */
    private static final int LAST_TURNS = 16;

    private final String name;
    private final Fd source;
    private final boolean terminal;
    private final Fd journal;
    private final Overflow overflow;
    private final List<Inlet> siblings;
    private final Runnable changed;

    private volatile long end;
    private volatile long logged;
    private volatile boolean ended;

    /** The journal was looked through up to here; where {@link #lineBytes} ends. */
    private long scanned;

    /** How much there is of the line that has no end yet, kept or dropped. */
    private int lineBytes;

    private boolean dropping;
    private boolean torn;
    private boolean told;
    private int turnsLeft = Integer.MAX_VALUE;
    private boolean closed;
    /** Why the journal took less than there was room for. */
    private @Nullable IOException failure;

    long key;

    /**
     * Makes one that takes nothing yet.
     *
     * @param siblings all streams of the run, which share the buffer
     * @param changed run when there is more in the journal, and at the end
     */
    Inlet(String name, Output.Source from, Fd journal, Overflow overflow, List<Inlet> siblings, Runnable changed)
            throws IOException {
        this.name = name;
        this.source = from.descriptor().duplicate();
        this.terminal = from.terminal();
        this.journal = journal;
        this.overflow = overflow;
        this.siblings = siblings;
        this.changed = changed;
        end = CALLS.position(journal);
    }

    Fd source() {
        return source;
    }

    /** All below this offset is in the journal. */
    long end() {
        return end;
    }

    /** Whether nothing more will be put into the journal; ask before {@link #end}. */
    boolean ended() {
        return ended;
    }

    /** All below this offset is in the log; a line or part begins there. */
    void logged(long offset) {
        logged = offset;
    }

    /** Only one thread writes it. */
    private void grow(long bytes) {
        long before = end;
        end = before + bytes;
    }

    private long room() {
        long behind = 0;
        for (Inlet inlet : siblings) {
            behind += inlet.end - inlet.logged;
        }
        return overflow.bufferBytes() - behind;
    }

    /** Takes one turn; true when another may be taken without waiting. */
    boolean move(ByteBuffer buffer) throws IOException {
        if (ended) {
            return false;
        }
        long before = end;
        long n = take(buffer);
        if (end != before) {
            changed.run();
        }
        boolean last = turnsLeft < Integer.MAX_VALUE && (n < 0 || --turnsLeft == 0);
        if (n == 0 || last) {
            finish();
            return false;
        }
        return turnsLeft < Integer.MAX_VALUE;
    }

    /** As read(2): bytes, 0 at the end, -1 if there is nothing now. */
    private long take(ByteBuffer buffer) throws IOException {
        long room = room();
        if (!terminal && !dropping && !torn && room > 0) {
            try {
                long n = CALLS.splice(source, journal, Math.min(room, Round.TURN_BYTES));
                grow(Math.max(0, n));
                return n;
            } catch (SyscallException e) {
                failure = e;
                room = 0;
            }
        }
        if (!dropping) {
            lookThrough(buffer);
        }
        buffer.clear();
        try {
            int n = CALLS.read(source, buffer);
            if (n > 0) {
                sort(n, room, buffer);
            }
            return n;
        } catch (SyscallException e) {
            if (terminal && e.errno() == Errno.EIO) {
                return 0; // every slave is closed, tty_read in drivers/tty
            }
            throw e;
        }
    }

    /** Finds where in a line the journal ends; looks at each byte once. */
    private void lookThrough(ByteBuffer buffer) throws IOException {
        if (scanned < logged) {
            scanned = logged;
            lineBytes = 0;
        }
        while (scanned < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - scanned));
            if (CALLS.pread(journal, buffer, scanned) == 0) {
                throw new IOException("journal is shorter than its position");
            }
            buffer.flip();
            scanned += buffer.remaining();
            while (buffer.hasRemaining()) {
                lineBytes = endsLine(buffer.get(), lineBytes + 1) ? 0 : lineBytes + 1;
            }
        }
    }

    /** The rule of {@link LineSplitter}. */
    static boolean endsLine(byte b, int length) {
        return b == '\n' || length == LogDriver.MAXIMUM_LINE_BYTES;
    }

    /** Puts the lines for which there is room into the journal, and counts the others. */
    private void sort(int count, long room, ByteBuffer buffer) {
        int kept = 0;
        long lines = 0;
        for (int i = 0; i < count; i++) {
            if (lineBytes == 0) {
                dropping = room - kept <= 0;
            }
            byte b = buffer.get(i);
            boolean last = endsLine(b, ++lineBytes);
            if (dropping) {
                lines += last ? 1 : 0;
            } else {
                buffer.put(kept++, b);
            }
            lineBytes = last ? 0 : lineBytes;
        }
        dropping &= lineBytes > 0;
        buffer.position(0).limit(kept);
        write(buffer);
        if (buffer.hasRemaining()) {
            // The journal's own file system is full: what is torn off here ends as a line of its own.
            for (int i = buffer.position(); i < kept; i++) {
                lines += buffer.get(i) == '\n' ? 1 : 0;
            }
            torn = true;
            dropping = lineBytes > 0;
        }
        scanned = end;
        long dropped = (long) count - kept + buffer.remaining();
        if (dropped > 0) {
            drop(lines, dropped);
        }
    }

    private void write(ByteBuffer lines) {
        try {
            if (torn && lines.hasRemaining()) {
                CALLS.writeAll(journal, new byte[] {'\n'});
                grow(1);
                torn = false;
            }
            while (lines.hasRemaining() && CALLS.write(journal, lines) >= 0) {
                // on with the rest
            }
        } catch (IOException e) {
            failure = e;
        }
        grow(lines.position());
    }

    private void drop(long lines, long bytes) {
        if (!told && failure != null) {
            told = true;
            LOG.warn(
                    "output of {} is dropped and counted: its journal cannot be written: {}", name, failure.toString());
        } else if (!told) {
            told = true;
            LOG.warn(
                    "output of {} comes faster than its log takes it: what is more than {} bytes behind is dropped and"
                            + " counted",
                    name,
                    overflow.bufferBytes());
        }
        overflow.add(lines, bytes);
    }

    /** Takes what is there now, but waits for no end. */
    void abandon() {
        turnsLeft = LAST_TURNS;
    }

    private void finish() {
        if (dropping && lineBytes > 0) {
            drop(1, 0);
        }
        ended = true;
        changed.run();
    }

    /** Gives up a source that cannot be read. */
    void fail(Exception cause) {
        LOG.error("output of {} cannot be read any more", name, cause);
        finish();
    }

    /** Nobody takes from the source any more. */
    void lost() {
        ended = true;
        changed.run();
    }

    /** Closes the source; it must not be watched any more. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            source.close();
        }
    }
}
