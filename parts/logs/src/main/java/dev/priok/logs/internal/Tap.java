package dev.priok.logs.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.SyscallException;
import dev.priok.logs.Fanout;
import dev.priok.logs.LogStream;
import dev.priok.logs.Output;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of one run. Offsets count the stream's bytes in its journal: all below {@code logged} is in the log, all below
 * {@code read} was cut into lines (what is between has no end of line yet), all below {@code end} is in the journal.
 */
final class Tap {
    private static final Logger LOG = LoggerFactory.getLogger(Tap.class);
    private static final DescriptorCalls CALLS = DescriptorCalls.host();

    /** Holes are made of whole pages. */
    private static final long HOLE_BYTES = 4096;

    /** An abandoned source that is written to without end is given up after so many turns. */
    private static final int LAST_TURNS = 16;

    /** How the pump waits for it. */
    enum Watch {
        NOT,
        /** Others wait for the bytes: taken at once. */
        EAGER,
        /** Only the log wants it: may be left to gather for some milliseconds. */
        LAZY
    }

    final LogStream stream;
    private final Fanout fanout;
    private final boolean keeps;
    private final boolean terminal;
    private final LineSplitter splitter;
    private final @Nullable Fd journal;
    private final long journalInode;
    /** Read from a terminal, but not in the journal yet: it could not be written further. */
    private ByteBuffer unwritten = ByteBuffer.allocate(0);

    private final Output.@Nullable Source from;
    private @Nullable Fd descriptor;
    /** Who takes the source's output in its stead; it has no descriptor then. */
    private @Nullable Inlet inlet;

    private TimeIndex index = TimeIndex.EMPTY;
    private long end;
    private long read;
    private long logged;
    private long offered;
    private long punched;
    private boolean canPunch = true;
    private boolean tailGiven;
    private int turnsLeft = Integer.MAX_VALUE;
    private boolean ended;
    boolean ready;
    Watch watch = Watch.NOT;
    long key;

    Tap(LogStream stream, Output.@Nullable Source source, @Nullable Fd journal, Fanout fanout, boolean keeps)
            throws IOException {
        this.stream = stream;
        this.fanout = fanout;
        this.keeps = keeps;
        this.journal = journal;
        from = source;
        // Its own: epoll must be told before the last user of a number closes it.
        descriptor = source == null ? null : source.descriptor().duplicate();
        terminal = source != null && source.terminal();
        splitter = new LineSplitter(stream);
        end = journal == null ? 0 : CALLS.position(journal);
        journalInode = journal == null ? 0 : FileCalls.host().stat(journal).inode();
        offered = end;
    }

    /** Has another thread put the source's output into the journal, for a container that must not wait. */
    void takeBy(String name, Overflow overflow, List<Inlet> siblings, Runnable changed) throws IOException {
        if (from != null && journal != null) {
            inlet = new Inlet(name, from, journal, overflow, siblings, changed);
            siblings.add(inlet);
            close();
        }
    }

    Optional<Inlet> inlet() {
        return Optional.ofNullable(inlet);
    }

    /** Whether nothing more comes into the journal; sees all that has come. */
    boolean over() {
        Inlet taking = inlet;
        boolean over = taking == null ? descriptor == null : taking.ended();
        arrived(taking);
        return over;
    }

    private void arrived(@Nullable Inlet taking) {
        end = taking == null ? end : taking.end();
    }

    Optional<Fd> descriptor() {
        return Optional.ofNullable(descriptor);
    }

    /** How it should be waited for when it may be read. */
    Watch wanted() {
        if (descriptor == null) {
            return Watch.NOT;
        }
        return terminal || journal == null || fanout.watched() ? Watch.EAGER : Watch.LAZY;
    }

    /** The journal's inode number, by which a checkpoint knows it; 0 without one. */
    long journalInode() {
        return journalInode;
    }

    /** Begins at what is known to be in the log; a smaller position means that the journal was begun anew since. */
    void begin(long checkpointed, long behind) {
        long base = end < checkpointed ? 0 : checkpointed;
        logged = base + behind;
        if (logged > end) {
            LOG.warn(
                    "{} of a log holds {} bytes more than its journal; nothing is written twice", stream, logged - end);
            logged = end;
        }
        read = logged;
        punched = logged / HOLE_BYTES * HOLE_BYTES;
        tellLogged();
    }

    void useIndex(TimeIndex times) {
        index = times;
    }

    long logged() {
        return logged;
    }

    /** Whether there is what was not cut into lines yet, in the journal or on its way into it. */
    boolean backlog() {
        arrived(inlet);
        return read < end || unwritten.hasRemaining();
    }

    /** Whether nothing more will come of it. */
    boolean done() {
        return over() && !backlog() && tailGiven;
    }

    /** Takes one turn; true when another may be taken without waiting. */
    boolean move(Round round) throws IOException {
        if (journal != null && unwritten.hasRemaining()) {
            journalTerminal(journal, unwritten);
        }
        boolean over = over();
        if (backlog()) {
            take(round, (int) Math.min(Round.TURN_BYTES, end - read));
            return true;
        }
        if (inlet != null && !over) {
            return false;
        }
        Fd source = ended ? null : descriptor;
        if (source == null) {
            if (!tailGiven && keeps) {
                splitter.finish(round.batch, index.timeOf(stream, read, round.epochNanos));
            }
            tailGiven = true;
            return false;
        }
        if (!ready && turnsLeft == Integer.MAX_VALUE) {
            return false;
        }
        ready = false;
        long n = journal == null || terminal ? fill(source, round) : CALLS.splice(source, journal, Round.TURN_BYTES);
        if (n == 0 || (turnsLeft < Integer.MAX_VALUE && (n < 0 || --turnsLeft == 0))) {
            ended = true;
            return true;
        }
        if (n < 0) {
            return false;
        }
        round.moved(n);
        arrived(round, (int) n);
        return turnsLeft < Integer.MAX_VALUE;
    }

    /** Reads into the round's buffer; 0 at the end, -1 if there is nothing now. */
    private int fill(Fd source, Round round) throws IOException {
        round.buffer.clear();
        try {
            return CALLS.read(source, round.buffer);
        } catch (SyscallException e) {
            if (terminal && e.errno() == Errno.EIO) {
                return 0; // every slave is closed, tty_read in drivers/tty
            }
            throw e;
        }
    }

    private void arrived(Round round, int count) throws IOException {
        if (journal == null) {
            end += count;
            round.buffer.flip();
            give(round, count);
            return;
        }
        if (terminal) {
            round.buffer.flip();
            try {
                journalTerminal(journal, round.buffer);
            } catch (IOException e) {
                // The terminal has given it away, and the buffer is another's next.
                unwritten = ByteBuffer.allocateDirect(round.buffer.remaining())
                        .put(round.buffer)
                        .flip();
                throw e;
            }
        } else {
            end += count;
        }
        if (!keeps && !fanout.watched()) {
            read = end;
            offered = end;
            logged = end;
            return;
        }
        take(round, count);
    }

    /** Writes at the journal's position; {@link #end} follows it also when only a part could be written. */
    private void journalTerminal(Fd to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int n = CALLS.write(to, bytes);
            if (n < 0) {
                throw new IOException("journal cannot be written");
            }
            end += n;
        }
    }

    /** Reads the next bytes from the journal and gives them on. */
    private void take(Round round, int count) throws IOException {
        if (journal == null) {
            throw new IllegalStateException("backlog without a journal");
        }
        ByteBuffer buffer = round.buffer.clear().limit(count);
        while (buffer.hasRemaining()) {
            if (CALLS.pread(journal, buffer, read + buffer.position()) == 0) {
                throw new IOException("journal is shorter than its position");
            }
        }
        buffer.flip();
        give(round, count);
    }

    /** Hands the round's buffer to those who look on, and to the splitter. */
    private void give(Round round, int count) {
        long from = read;
        read += count;
        if (read > offered) {
            if (fanout.watched()) {
                byte[] copy = new byte[(int) (read - Math.max(offered, from))];
                round.buffer.get(count - copy.length, copy);
                fanout.offer(stream, copy);
            }
            offered = read;
        }
        if (!keeps) {
            logged = read;
            return;
        }
        int start = splitter.begin(round.batch);
        round.batch.put(round.buffer);
        long now = round.epochNanos;
        splitter.split(
                round.batch, start, index.isEmpty() ? _ -> now : length -> index.timeOf(stream, from + length, now));
    }

    /** So many more bytes are in the log, for sure. */
    void advance(long bytes) {
        logged += bytes;
        tellLogged();
    }

    /** All that the batch held is in the log. */
    void written() {
        logged = read - splitter.pendingBytes();
        tellLogged();
    }

    private void tellLogged() {
        if (inlet != null) {
            inlet.logged(logged);
        }
    }

    /** The rest of the batch did not get into the log: goes back to what is there. */
    void undo() {
        if (journal == null) {
            if (read > logged) {
                LOG.warn("{} bytes of {} could not be logged, and have no journal", read - logged, stream);
            }
            logged = read;
            splitter.reset();
            return;
        }
        read = logged;
        tailGiven = false;
        splitter.reset();
    }

    /** Gives the space of what is in the log back. */
    void punch() {
        long upTo = logged / HOLE_BYTES * HOLE_BYTES;
        if (journal == null || !canPunch || upTo <= punched) {
            return;
        }
        try {
            CALLS.punchHole(journal, punched, upTo - punched);
            punched = upTo;
        } catch (SyscallException e) {
            canPunch = false;
            LOG.warn("journals keep their space on this file system: {}", e.getMessage());
        }
    }

    /** Whether the journal is so long that it should begin anew, and may: nothing is held back. */
    boolean mayRestart(long bytes) {
        return journal != null && inlet == null && end > bytes && logged == end;
    }

    void restart() throws IOException {
        if (journal != null) {
            CALLS.truncate(journal, 0);
            CALLS.seek(journal, 0, 0);
        }
        end = 0;
        read = 0;
        logged = 0;
        offered = 0;
        punched = 0;
    }

    /** Takes what is there now, but waits for no end. */
    void abandon() {
        ready = true;
        turnsLeft = LAST_TURNS;
    }

    /** Whether its source has ended, and is to be closed. */
    boolean ended() {
        return ended;
    }

    /** Counts all that the journal holds and the log does not. */
    void forfeit(Overflow overflow) throws IOException {
        if (journal == null) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(Round.TURN_BYTES);
        long lines = 0;
        int lineBytes = 0;
        long at = logged;
        while (at < end && CALLS.pread(journal, buffer.clear(), at) > 0) {
            at += buffer.flip().remaining();
            while (buffer.hasRemaining()) {
                boolean last = Inlet.endsLine(buffer.get(), ++lineBytes);
                lines += last ? 1 : 0;
                lineBytes = last ? 0 : lineBytes;
            }
        }
        overflow.add(lines + (lineBytes > 0 ? 1 : 0), end - logged);
    }

    /** Closes the source; it must not be watched any more. */
    void close() {
        Fd source = descriptor;
        if (source != null) {
            source.close();
            descriptor = null;
        }
    }
}
