package dev.priok.logs.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.logs.Fanout;
import dev.priok.logs.Journals;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogDriver.Mark;
import dev.priok.logs.LogStream;
import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run's output; but for what {@link OutputPump.Pumped} promises, only the pump's thread touches it once it was added. */
final class PumpedOutput implements OutputPump.Pumped, LogDriver.Marks {
    private static final LineBatch UNSERVED = new LineBatch();
    private static final Logger LOG = LoggerFactory.getLogger(PumpedOutput.class);

    /** Recovery reads at most about this much of the log, and journals keep at most this much that is no longer needed. */
    private static final long CHECKPOINT_BYTES = 256 << 10;

    /** Far below the 16 TiB at which ext4 ends, and too much to be reached while a monitor is alone. */
    private static final long RESTART_BYTES = 1L << 40;

    /** When a disk is full it is tried again this often; until then the container's writes wait. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Output output;
    private final List<Tap> taps;
    private final @Nullable Checkpoint checkpoint;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean ended;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Runnable abandonLater;
    private final Runnable dropLater;
    private final Audiences audiences;
    /** The pump's, once it has served this; never one of its own, which would be a quarter of a megabyte for each container. */
    private LineBatch batch = UNSERVED;

    private long checkpointed;
    private long retryAt;
    private boolean stalled;
    private boolean indexUsed;
    private boolean abandoned;
    private boolean dropped;
    private int movedLines;
    boolean queued;

    private PumpedOutput(Output output, List<Tap> taps, @Nullable Checkpoint checkpoint, Ends ends) {
        this.output = output;
        this.taps = taps;
        this.checkpoint = checkpoint;
        audiences = ends.audiences();
        abandonLater = () -> ends.abandon(this);
        dropLater = () -> ends.drop(this);
    }

    /** What an output asks of its pump. */
    interface Ends {
        Audiences audiences();

        /** From any thread: there is more in its journals. */
        void more(PumpedOutput output);

        /** Asks the pump's thread to give it up. */
        void abandon(PumpedOutput output);

        /** Asks the pump's thread to wait for it no longer. */
        void drop(PumpedOutput output);
    }

    /** Brings log and journals together, and notes where that is. */
    static PumpedOutput open(Output output, Ends ends) throws IOException {
        List<Tap> taps = new ArrayList<>();
        Checkpoint checkpoint = null;
        try {
            for (LogStream stream : LogStream.values()) {
                Output.Source source = null;
                for (Output.Source candidate : output.sources()) {
                    source = candidate.stream() == stream ? candidate : source;
                }
                Fd journal = output.journals()
                        .flatMap(journals -> journals.journal(stream))
                        .orElse(null);
                if (source != null || journal != null) {
                    taps.add(new Tap(
                            stream,
                            source,
                            journal,
                            output.fanout(),
                            output.driver().keeps()));
                }
            }
            Journals journals = output.journals().orElse(null);
            if (journals == null) {
                output.driver().begin();
                return new PumpedOutput(output, taps, null, ends);
            }
            checkpoint = new Checkpoint(journals.checkpoint());
            PumpedOutput pumped = new PumpedOutput(output, taps, checkpoint, ends);
            Overflow overflow = output.driver().overflow().orElse(null);
            if (overflow != null) {
                overflow.noteIn(journals.dropped());
                List<Inlet> inlets = new ArrayList<>();
                for (Tap tap : taps) {
                    tap.takeBy(output.name(), overflow, inlets, () -> ends.more(pumped));
                }
            }
            pumped.recover(checkpoint, journals);
            return pumped;
        } catch (IOException | RuntimeException e) {
            taps.forEach(Tap::close);
            taps.forEach(tap -> tap.inlet().ifPresent(Inlet::close));
            if (checkpoint != null) {
                checkpoint.close();
            }
            throw e;
        }
    }

    private void recover(Checkpoint from, Journals journals) throws IOException {
        Optional<Checkpoint.State> known = from.read().filter(this::isOfTheseJournals);
        if (known.isPresent()) {
            Checkpoint.State state = known.get();
            LogDriver.Behind behind = output.driver().recover(state.mark());
            for (Tap tap : taps) {
                switch (tap.stream) {
                    case STDOUT -> tap.begin(state.stdoutLogged(), behind.stdoutBytes());
                    case STDERR -> tap.begin(state.stderrLogged(), behind.stderrBytes());
                }
            }
        }
        output.driver().begin();
        if (backlog()) {
            TimeIndex index = TimeIndex.read(journals.index());
            taps.forEach(tap -> tap.useIndex(index));
            indexUsed = !index.isEmpty();
        }
        checkpoint(output.driver().mark());
    }

    private boolean isOfTheseJournals(Checkpoint.State state) {
        return state.stdoutJournal() == inode(LogStream.STDOUT) && state.stderrJournal() == inode(LogStream.STDERR);
    }

    private long inode(LogStream stream) {
        Tap tap = tap(stream);
        return tap == null ? 0 : tap.journalInode();
    }

    private long logged(LogStream stream) {
        Tap tap = tap(stream);
        return tap == null ? 0 : tap.logged();
    }

    private @Nullable Tap tap(LogStream stream) {
        for (Tap tap : taps) {
            if (tap.stream == stream) {
                return tap;
            }
        }
        return null;
    }

    List<Tap> taps() {
        return taps;
    }

    Fanout fanout() {
        return output.fanout();
    }

    /** When a failed write is to be tried again, on {@link System#nanoTime}; meaningful while {@link #stalled}. */
    long retryAt() {
        return retryAt;
    }

    boolean stalled() {
        return stalled;
    }

    boolean backlog() {
        return taps.stream().anyMatch(Tap::backlog);
    }

    /** Whether there is something to do that no source will tell of. */
    boolean runnable() {
        return taps.stream().anyMatch(tap -> tap.backlog() || (tap.over() && !tap.done()));
    }

    /** Whether everything is in the log and nothing more will come. */
    boolean finished() {
        return !stalled && taps.stream().allMatch(Tap::done);
    }

    /** Whether the pump was asked to look at it and has not come to it yet. */
    AtomicBoolean asked() {
        return asked;
    }

    /** Gives each stream a turn; true when there is more that need not be waited for. */
    boolean service(Round round) {
        batch = round.batch;
        batch.clear();
        boolean more = false;
        movedLines = 0;
        try {
            for (Tap tap : taps) {
                more |= tap.move(round);
            }
            if (batch.size() > 0) {
                output.driver().write(batch, this);
            }
            taps.forEach(Tap::written);
            if (stalled) {
                LOG.info("output of {} flows again", output.name());
                stalled = false;
            }
            afterwards();
            return more;
        } catch (IOException | RuntimeException e) {
            // A fault in one container's output, whatever it is, must not stop the others'.
            stall(e);
            return false;
        }
    }

    /** Checkpoints now and then, and forgets what is not needed any more. */
    private void afterwards() throws IOException {
        if (checkpoint == null) {
            return;
        }
        if (sum() - checkpointed >= CHECKPOINT_BYTES) {
            checkpoint(output.driver().mark());
            taps.forEach(Tap::punch);
            if (taps.stream().anyMatch(tap -> tap.mayRestart(RESTART_BYTES))) {
                for (Tap tap : taps) {
                    if (tap.mayRestart(RESTART_BYTES)) {
                        tap.restart();
                    }
                }
                checkpoint(output.driver().mark());
            }
        }
        if (indexUsed && !backlog() && output.journals().isPresent()) {
            taps.forEach(tap -> tap.useIndex(TimeIndex.EMPTY));
            DescriptorCalls.host().truncate(output.journals().get().index(), 0);
            indexUsed = false;
        }
    }

    private long sum() {
        long sum = 0;
        for (Tap tap : taps) {
            sum += tap.logged();
        }
        return sum;
    }

    private void checkpoint(Mark mark) throws IOException {
        if (checkpoint != null) {
            checkpoint.write(new Checkpoint.State(
                    mark,
                    logged(LogStream.STDOUT),
                    logged(LogStream.STDERR),
                    inode(LogStream.STDOUT),
                    inode(LogStream.STDERR)));
        }
        checkpointed = sum();
    }

    @Override
    public void moved(Mark mark, int lines) throws IOException {
        for (; movedLines < lines; movedLines++) {
            Tap tap = tap(batch.stream(movedLines));
            if (tap != null) {
                tap.advance(batch.to(movedLines) - batch.from(movedLines));
            }
        }
        checkpoint(mark);
    }

    private void stall(Exception cause) {
        taps.forEach(Tap::undo);
        retryAt = System.nanoTime() + RETRY_NANOS;
        if (!stalled) {
            stalled = true;
            LOG.error("output of {} cannot be kept and waits: {}", output.name(), cause.toString(), cause);
        }
    }

    /** Everything is in the log: the run is over. */
    void finish() {
        ended = true;
        audiences.end(output);
        try {
            if (checkpoint != null) {
                checkpoint.close();
            }
            if (output.journals().isPresent()) {
                output.journals().get().remove();
            }
        } catch (IOException e) {
            // They are read again by the next daemon, which finds that all is in the log.
            LOG.warn("journals of {} could not be removed: {}", output.name(), e.toString());
        }
        drained.complete(null);
    }

    /** Nobody waits for it any more: what a log in {@code mode=non-blocking} lacks is counted, else it stays for the next daemon. */
    void lose() {
        Overflow overflow = output.driver().overflow().orElse(null);
        Journals journals = output.journals().orElse(null);
        if (overflow != null && journals != null) {
            try {
                for (Tap tap : taps) {
                    tap.forfeit(overflow);
                }
                journals.remove();
            } catch (IOException e) {
                LOG.warn("journals of {}: {}", output.name(), e.toString());
            }
        }
        leave();
    }

    /** The pump ends, the run perhaps not: notes where it is. */
    void leave() {
        try {
            if (checkpoint != null && !stalled) {
                checkpoint(output.driver().mark());
            }
        } catch (IOException e) {
            LOG.warn("checkpoint of {}: {}", output.name(), e.toString());
        }
        close();
        audiences.end(output);
        drained.cancel(false);
    }

    private void close() {
        taps.forEach(Tap::close);
        output.journals().ifPresent(Journals::close);
        try {
            if (checkpoint != null) {
                checkpoint.close();
            }
        } catch (IOException e) {
            LOG.warn("checkpoint of {}: {}", output.name(), e.toString());
        }
    }

    /** Takes what is there, and ends; on the pump's thread. */
    void giveUp() {
        abandoned = true;
        taps.forEach(Tap::abandon);
    }

    /** From now on it ends where it stalls; on the pump's thread. */
    void dropNow() {
        giveUp();
        dropped = true;
    }

    /** Whether it is to end though not all of it is in the log. */
    boolean lost() {
        return dropped && stalled && taps.stream().allMatch(tap -> tap.inlet().isEmpty() || tap.over());
    }

    /** Whether those who look on must be waited for. */
    boolean heldUp() {
        return !abandoned && output.fanout().full();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public CompletableFuture<Void> drained() {
        return drained;
    }

    @Override
    public void abandon() {
        abandonLater.run();
    }

    @Override
    public void drop() {
        dropLater.run();
    }
}
