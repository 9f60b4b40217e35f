package dev.priok.engine.spec;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Reads small files of a root file system from its overlay folders, without mounting it: on the path of every start. No link is
 * followed; a file that lies behind one counts as unreadable here, and the caller takes the slow way.
 */
public final class LayeredFiles {
    /** passwd and group files have kilobytes; a container may bring one of any size. */
    private static final int MAXIMUM_BYTES = 1 << 20;

    /** What was found. */
    public sealed interface Found {
        /** The text of a regular file. */
        record Text(String text) implements Found {}

        /** There is no such file. */
        record Absent() implements Found {}

        /** A link or something else that needs a real walk. */
        record Unclear() implements Found {}
    }

    private LayeredFiles() {}

    /** The file {@code folder/name}, from the highest of {@code layers} that has it. */
    public static Found read(List<String> layers, String folder, String name) throws IOException {
        FileCalls files = FileCalls.host();
        for (String layer : layers) {
            try (Fd root = files.open(layer, OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                Optional<FileStat> parent = files.find(root, folder);
                if (parent.isEmpty()) {
                    continue;
                }
                if (parent.get().isWhiteout()) {
                    return new Found.Absent();
                }
                if (!parent.get().isDirectory()) {
                    return new Found.Unclear();
                }
                try (Fd inside = files.openChild(root, folder, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                    Optional<FileStat> file = files.find(inside, name);
                    if (file.isPresent()) {
                        return file(files, inside, name, file.get());
                    }
                    if (files.getXattr(inside, "trusted.overlay.opaque").isPresent()) {
                        return new Found.Absent();
                    }
                }
            }
        }
        return new Found.Absent();
    }

    private static Found file(FileCalls files, Fd folder, String name, FileStat stat) throws SyscallException {
        if (stat.isWhiteout()) {
            return new Found.Absent();
        }
        if (!stat.isRegular()) {
            return new Found.Unclear();
        }
        try (Fd file = files.openChild(folder, name, OpenFlag.RDONLY, 0)) {
            return new Found.Text(text(file, stat.size()));
        }
    }

    /** The text of an open file, up to a bound. */
    static String text(Fd file, long size) throws SyscallException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(Math.max(size, 1), MAXIMUM_BYTES));
        while (buffer.hasRemaining() && DescriptorCalls.host().pread(file, buffer, buffer.position()) > 0) {
            // Goes on until the buffer is full or the file has no more.
        }
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
