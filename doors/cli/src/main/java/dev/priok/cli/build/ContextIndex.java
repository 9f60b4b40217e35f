package dev.priok.cli.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What files of one build context were known to hold when they were last sent: their SHA-256 by inode, size and times, so that
 * files that did not change are neither read nor sent. Kept in a file of records sorted by inode, whose loss costs time alone.
 */
final class ContextIndex {
    /** Records: inode, size, modification and change time in nanoseconds since 1970, SHA-256. */
    private static final int DIGEST_AT = 4 * Long.BYTES;

    private static final int DIGEST_BYTES = 32;
    private static final int RECORD_BYTES = DIGEST_AT + DIGEST_BYTES;

    private static final byte[] MAGIC = "priok-files 1\n\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES = 16 + Long.BYTES;

    /** A file that changed so shortly before it was looked at may change again without its times telling (a tick is 10 ms at most). */
    private static final long UNSURE_NANOS = 100_000_000;

    /** What identifies a version of a file without reading it. */
    record Version(long inode, long size, long modified, long changed) {
        static final Version NONE = new Version(0, 0, 0, 0);
    }

    private record Known(Version version, ByteBuffer digest) {}

    private final Path file;
    private final ByteBuffer records;
    private final int count;
    private final List<Known> learned = new ArrayList<>();

    /** Numbers of the records that were found. */
    private final BitSet kept = new BitSet();

    private ContextIndex(Path file, ByteBuffer records) {
        this.file = file;
        this.records = records;
        this.count = records.remaining() / RECORD_BYTES;
    }

    /** Reads an index; it is empty when there is none, or what is there is not whole. */
    static ContextIndex read(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            bytes = new byte[0];
        }
        boolean isWhole = bytes.length >= HEAD_BYTES
                && (bytes.length - HEAD_BYTES) % RECORD_BYTES == 0
                && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                && ByteBuffer.wrap(bytes).getLong(MAGIC.length) == checksum(bytes, HEAD_BYTES);
        return new ContextIndex(
                file,
                isWhole
                        ? ByteBuffer.wrap(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES)
                                .slice()
                        : ByteBuffer.allocate(0));
    }

    private static long checksum(byte[] bytes, int from) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, bytes.length - from);
        return sum.getValue();
    }

    /** Writes whether the SHA-256 of a file that did not change since it was sent is known, in one byte, and then it. */
    void putDigest(Version version, ByteBuffer out) {
        int at = find(version);
        if (at < 0) {
            out.put((byte) 0);
            return;
        }
        kept.set(at / RECORD_BYTES);
        out.put((byte) 1).put(out.position(), records, at + DIGEST_AT, DIGEST_BYTES);
        out.position(out.position() + DIGEST_BYTES);
    }

    /** Where the record of a version is, or -1. */
    private int find(Version version) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = middle * RECORD_BYTES;
            long inode = records.getLong(at);
            if (inode < version.inode()) {
                low = middle + 1;
            } else if (inode > version.inode()) {
                high = middle - 1;
            } else {
                boolean isSame = records.getLong(at + 8) == version.size()
                        && records.getLong(at + 16) == version.modified()
                        && records.getLong(at + 24) == version.changed();
                return isSame ? at : -1;
            }
        }
        return -1;
    }

    /**
     * Notes what a version of a file holds.
     *
     * @param readNanos when reading it began, since 1970
     */
    void learn(Version version, byte[] digest, long readNanos) {
        if (version.modified() + UNSURE_NANOS < readNanos && version.changed() + UNSURE_NANOS < readNanos) {
            learned.add(new Known(version, ByteBuffer.wrap(digest)));
        }
    }

    /** Writes what was found and learned, if that is not what is there. */
    void save() throws IOException {
        if (learned.isEmpty() && kept.cardinality() == count) {
            return;
        }
        List<Known> all = new ArrayList<>(learned);
        for (int number = kept.nextSetBit(0); number >= 0; number = kept.nextSetBit(number + 1)) {
            int at = number * RECORD_BYTES;
            byte[] digest = new byte[32];
            records.get(at + 32, digest);
            all.add(new Known(
                    new Version(
                            records.getLong(at),
                            records.getLong(at + 8),
                            records.getLong(at + 16),
                            records.getLong(at + 24)),
                    ByteBuffer.wrap(digest)));
        }
        all.sort(Comparator.comparingLong(known -> known.version().inode()));
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + all.size() * RECORD_BYTES);
        out.put(MAGIC).putLong(0);
        for (Known known : all) {
            Version version = known.version();
            out.putLong(version.inode())
                    .putLong(version.size())
                    .putLong(version.modified())
                    .putLong(version.changed())
                    .put(known.digest().duplicate());
        }
        out.putLong(MAGIC.length, checksum(out.array(), HEAD_BYTES));
        Files.createDirectories(file.toAbsolutePath().getParent());
        // Two builds of one context may write at once; the last one wins.
        Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), "index", ".new");
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                out.flip();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
