package dev.priok.archive;

import dev.priok.archive.internal.Header;
import dev.priok.archive.internal.PaxRecords;
import dev.priok.archive.internal.SparseMap;
import dev.priok.core.Failure;
import dev.priok.core.PathText;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads tars as GNU tar, libarchive, Go and POSIX pax write them: long names, big files, binary extended attributes
 * ({@code SCHILY.xattr.*}), sparse files of all GNU forms (their holes read as zeros). After {@link #next} this stream reads the
 * content of that member. Nothing is kept but one header and its extensions, which are bounded. For one thread.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">POSIX, pax interchange format</a>
 * @see <a href="https://www.gnu.org/software/tar/manual/html_node/Standard.html">GNU tar, basic format</a>
 */
public final class TarReader extends InputStream {
    private static final int BLOCK = 512;
    /** Longest pax header or GNU long name; Go's reader has the same bound, and a real one has a few hundred bytes. */
    private static final int MAXIMUM_EXTENSION_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 128 << 10;
    private static final String XATTR = "SCHILY.xattr.";

    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    /** Bytes of the current member still in the stream, and the padding behind them. */
    private long rawLeft;

    private int padding;
    private @Nullable SparseMap sparse;
    private boolean ended;

    /** Reads from {@code in}, which stays the caller's to close. */
    public TarReader(InputStream in) {
        super();
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    /**
     * Goes on to the next member; what is left of the current one is skipped.
     *
     * @return empty at the end of the tar
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is no tar, or a broken one
     */
    public Optional<TarEntry> next() throws IOException {
        Map<String, byte[]> pax = Map.of();
        @Nullable String longName = null;
        @Nullable String longLink = null;
        while (true) {
            skipRest();
            if (ended || !readHeader()) {
                return Optional.empty();
            }
            Header header = new Header(block);
            rawLeft = header.size();
            padding = padding(rawLeft);
            switch (header.flag()) {
                case 'x' -> pax = PaxRecords.parse(readExtension());
                // Defaults for the members behind, such as a commit id of git: nothing that an image needs.
                case 'g' -> readExtension();
                case 'L' -> longName = text(readExtension());
                case 'K' -> longLink = text(readExtension());
                case 'V' -> {}
                default -> {
                    return Optional.of(member(header, pax, longName, longLink));
                }
            }
        }
    }

    private TarEntry member(
            Header header, Map<String, byte[]> pax, @Nullable String longName, @Nullable String longLink)
            throws IOException {
        String name = longName != null ? longName : header.name();
        String link = longLink != null ? longLink : header.link();
        long seconds = header.modified();
        int nanos = 0;
        int uid = header.uid();
        int gid = header.gid();
        SortedMap<String, byte[]> xattrs = new TreeMap<>();
        for (Map.Entry<String, byte[]> record : pax.entrySet()) {
            byte[] value = record.getValue();
            switch (record.getKey()) {
                case "path" -> name = PathText.decode(value);
                case "linkpath" -> link = PathText.decode(value);
                case "size" -> rawLeft = PaxRecords.number(record);
                case "uid" -> uid = (int) PaxRecords.number(record);
                case "gid" -> gid = (int) PaxRecords.number(record);
                case "mtime" -> {
                    seconds = PaxRecords.seconds(record);
                    nanos = PaxRecords.nanos(record);
                }
                default -> {
                    if (record.getKey().startsWith(XATTR)) {
                        xattrs.put(record.getKey().substring(XATTR.length()), value);
                    }
                }
            }
        }
        if (rawLeft < 0) {
            throw Failure.invalid("invalid tar: negative size of %s", name);
        }
        TarEntry.Type type = header.type(name);
        padding = padding(rawLeft);
        if (type != TarEntry.Type.FILE) {
            // Some writers note the size of a link's target; no content follows.
            rawLeft = 0;
            padding = 0;
        }
        long size = rawLeft;
        sparse = null;
        if (header.flag() == 'S') {
            sparse = SparseMap.old(block, this::readBlock);
        } else if (pax.containsKey("GNU.sparse.major")
                || pax.containsKey("GNU.sparse.map")
                || pax.containsKey("GNU.sparse.numblocks")) {
            sparse = SparseMap.pax(pax, this::readRaw);
            byte[] realName = pax.get("GNU.sparse.name");
            name = realName == null ? name : PathText.decode(realName);
        }
        if (sparse != null) {
            size = sparse.size();
            sparse.check(rawLeft, name);
        }
        return new TarEntry(
                name,
                type,
                header.mode(),
                uid,
                gid,
                size,
                seconds,
                nanos,
                link,
                header.deviceMajor(),
                header.deviceMinor(),
                xattrs);
    }

    /** Whether the current member was stored with holes, which now read as zeros. */
    public boolean isSparse() {
        return sparse != null;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        return sparse == null ? readRaw(bytes, offset, length) : sparse.read(bytes, offset, length, this::readRaw);
    }

    private int readRaw(byte[] bytes, int offset, int length) throws IOException {
        if (rawLeft == 0) {
            return -1;
        }
        int n = in.read(bytes, offset, (int) Math.min(length, rawLeft));
        if (n < 0) {
            throw truncated();
        }
        rawLeft -= n;
        return n;
    }

    /** Reads what is behind the end of the tar, so that the stream below has been read to its end. */
    public void drain() throws IOException {
        byte[] rest = new byte[BUFFER_BYTES];
        int n = in.read(rest);
        while (n >= 0) {
            n = in.read(rest);
        }
    }

    private void skipRest() throws IOException {
        long skip = rawLeft;
        int behind = padding;
        rawLeft = 0;
        padding = 0;
        sparse = null;
        try {
            in.skipNBytes(skip);
        } catch (EOFException _) {
            throw truncated();
        }
        int there = in.readNBytes(block, 0, behind);
        if (there == 0 && behind > 0) {
            // Docker's client ends so when it adds a Dockerfile to a context.
            ended = true;
        } else if (there < behind) {
            throw truncated();
        }
    }

    /** One header into {@link #block}; false at the end. */
    private boolean readHeader() throws IOException {
        int n = in.readNBytes(block, 0, BLOCK);
        if (n == 0 || (n == BLOCK && isZero())) {
            ended = true;
            // A second block of zeros ends a tar that is whole; some writers leave it away, but none cuts it.
            int behind = n == 0 ? 0 : in.readNBytes(block, 0, BLOCK);
            if (behind > 0 && behind < BLOCK) {
                throw truncated();
            }
            return false;
        }
        if (n < BLOCK) {
            throw truncated();
        }
        return true;
    }

    private byte[] readBlock() throws IOException {
        byte[] next = in.readNBytes(BLOCK);
        if (next.length < BLOCK) {
            throw truncated();
        }
        return next;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private byte[] readExtension() throws IOException {
        if (rawLeft > MAXIMUM_EXTENSION_BYTES) {
            throw Failure.invalid("invalid tar: extended header of %d bytes", rawLeft);
        }
        byte[] bytes = in.readNBytes((int) rawLeft);
        if (bytes.length < rawLeft) {
            throw truncated();
        }
        rawLeft = 0;
        return bytes;
    }

    private static String text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return PathText.decode(bytes, 0, end);
    }

    private static int padding(long size) {
        return (int) (-size & (BLOCK - 1));
    }

    private static Failure truncated() {
        return Failure.invalid("invalid tar: unexpected end of the stream");
    }
}
