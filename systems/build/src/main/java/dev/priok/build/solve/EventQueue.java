package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.context.NamelessFile;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Events of a step that wait for their turn. What its process writes is kept on disk when there is much of it. */
final class EventQueue implements AutoCloseable {
    /** More text than most steps write; what goes beyond it goes to the disk. */
    private static final int MAXIMUM_CHARACTERS = 256 << 10;

    /** Text that is written at once. */
    private static final int GATHERED_CHARACTERS = 64 << 10;

    private static final int HEAD_BYTES = Integer.BYTES + 1;

    private final Path scratch;
    private final List<BuildEvent> head = new ArrayList<>();
    private final List<BuildEvent> tail = new ArrayList<>();
    private final StringBuilder gathered = new StringBuilder();
    private BuildEvent.Channel channel = BuildEvent.Channel.STDOUT;
    private int characters;
    private @Nullable Fd spool;
    private long spooled;

    EventQueue(Path scratch) {
        this.scratch = scratch;
    }

    void add(BuildEvent event) {
        if (event instanceof BuildEvent.Output output && tail.isEmpty()) {
            characters += output.text().length();
            if (characters > MAXIMUM_CHARACTERS) {
                gather(output);
                return;
            }
        }
        (spool == null && gathered.isEmpty() ? head : tail).add(event);
    }

    /** Many small pieces would cost a call each. */
    private void gather(BuildEvent.Output output) {
        if (output.channel() != channel || gathered.length() > GATHERED_CHARACTERS) {
            spool();
        }
        channel = output.channel();
        gathered.append(output.text());
    }

    private void spool() {
        if (gathered.isEmpty()) {
            return;
        }
        byte[] text = gathered.toString().getBytes(StandardCharsets.UTF_8);
        gathered.setLength(0);
        try {
            if (spool == null) {
                spool = NamelessFile.open(scratch);
            }
            write(
                    spool,
                    ByteBuffer.allocate(HEAD_BYTES)
                            .put((byte) (channel == BuildEvent.Channel.STDERR ? 1 : 0))
                            .putInt(text.length)
                            .array());
            write(spool, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Fd file, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        while (buffer.hasRemaining()) {
            spooled += DescriptorCalls.host().pwrite(file, buffer, spooled);
        }
    }

    /** Tells everything, in order. */
    void drain(Consumer<BuildEvent> out) {
        spool();
        head.forEach(out);
        Fd file = spool;
        try {
            for (long at = 0; file != null && at < spooled; ) {
                ByteBuffer start = read(file, at, HEAD_BYTES);
                BuildEvent.Channel channel = start.get() == 1 ? BuildEvent.Channel.STDERR : BuildEvent.Channel.STDOUT;
                int length = start.getInt();
                byte[] text = new byte[length];
                read(file, at + HEAD_BYTES, length).get(text);
                out.accept(new BuildEvent.Output(channel, new String(text, StandardCharsets.UTF_8)));
                at += HEAD_BYTES + length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tail.forEach(out);
    }

    private static ByteBuffer read(Fd file, long from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        while (buffer.hasRemaining()) {
            if (DescriptorCalls.host().pread(file, buffer, from + buffer.position()) <= 0) {
                throw new IOException("text of a step that waited is gone");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() {
        if (spool != null) {
            spool.close();
        }
    }
}
