package dev.priok.logs.internal;

import dev.priok.logs.LogDriver.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * How far a run's output has come: up to {@code mark} the log holds what lies below {@code logged} in the journals. Two slots are
 * written in turn, each with a sum, so that there always is a whole one. Never synced: a power cut ends the run as well.
 */
final class Checkpoint implements AutoCloseable {
    private static final long MAGIC = 0x5052494F4B435031L; // "PRIOKCP1"
    private static final int SLOT_BYTES = 128;
    private static final int SUMMED_BYTES = 8 * 8;

    private final FileChannel file;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);
    private long sequence;

    /**
     * A state.
     *
     * @param mark place in the log
     * @param stdoutLogged journal offset of standard output
     * @param stderrLogged journal offset of standard error
     * @param stdoutJournal inode number of the journal, 0 without one: a checkpoint of other journals says nothing
     * @param stderrJournal inode number of the journal, 0 without one
     */
    record State(Mark mark, long stdoutLogged, long stderrLogged, long stdoutJournal, long stderrJournal) {}

    Checkpoint(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The newest whole state; empty when there is none. */
    Optional<State> read() throws IOException {
        Optional<State> newest = Optional.empty();
        for (int i = 0; i < 2; i++) {
            slot.clear();
            int n = file.read(slot, (long) i * SLOT_BYTES);
            if (n < SUMMED_BYTES + Long.BYTES || slot.getLong(0) != MAGIC || slot.getLong(SUMMED_BYTES) != sum()) {
                continue;
            }
            if (slot.getLong(8) >= sequence) {
                sequence = slot.getLong(8);
                newest = Optional.of(new State(
                        new Mark(slot.getLong(16), slot.getLong(24)),
                        slot.getLong(32),
                        slot.getLong(40),
                        slot.getLong(48),
                        slot.getLong(56)));
            }
        }
        return newest;
    }

    void write(State state) throws IOException {
        long next = sequence + 1;
        slot.clear();
        slot.putLong(MAGIC)
                .putLong(next)
                .putLong(state.mark().file())
                .putLong(state.mark().offset())
                .putLong(state.stdoutLogged())
                .putLong(state.stderrLogged())
                .putLong(state.stdoutJournal())
                .putLong(state.stderrJournal());
        slot.putLong(SUMMED_BYTES, sum());
        slot.clear();
        long at = (next & 1) * SLOT_BYTES;
        while (slot.hasRemaining()) {
            file.write(slot, at + slot.position());
        }
        sequence = next;
    }

    private long sum() {
        CRC32 crc = new CRC32();
        crc.update(slot.duplicate().position(0).limit(SUMMED_BYTES));
        return crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
