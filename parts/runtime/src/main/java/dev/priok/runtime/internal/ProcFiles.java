package dev.priok.runtime.internal;

import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** What the host's /proc tells of processes. */
final class ProcFiles {
    /** Longer than any of the files that are read here. */
    private static final int MOST_BYTES = 16 << 10;

    private ProcFiles() {}

    /** A small file of procfs, read at once: a number's file gives nothing but at its start. */
    static String text(Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
            while (buffer.hasRemaining() && in.read(buffer) > 0) {
                // The next read finds the end.
            }
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
    }

    /** The namespaces of a process that are not those of this one. */
    static Set<NamespaceType> foreignNamespaces(int pid) throws IOException {
        Set<NamespaceType> foreign = EnumSet.noneOf(NamespaceType.class);
        for (NamespaceType type : NamespaceType.values()) {
            Path theirs = Path.of("/proc", Integer.toString(pid), "ns", Namespaces.link(type));
            Path ours = Path.of("/proc/self/ns", Namespaces.link(type));
            if (Files.exists(ours) && !Files.readSymbolicLink(theirs).equals(Files.readSymbolicLink(ours))) {
                foreign.add(type);
            }
        }
        return foreign;
    }
}
