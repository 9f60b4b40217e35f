package dev.priok.archive.internal;

import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where the stored pieces of a sparse file belong; the rest of it is holes.
 *
 * @see <a href="https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html">GNU tar, sparse formats</a>
 */
public final class SparseMap {
    /** A file with more pieces is an attack: GNU tar itself writes one piece per run of data. */
    private static final int MAXIMUM_PIECES = 1 << 20;

    private final List<Piece> pieces;
    private final long size;
    private long position;
    private int current;

    private SparseMap(List<Piece> pieces, long size) {
        this.pieces = pieces;
        this.size = size;
    }

    private record Piece(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    /** Reads the next stored bytes of the member. */
    @FunctionalInterface
    public interface Stored {
        int read(byte[] bytes, int offset, int length) throws IOException;
    }

    /** Reads the next block of the stream. */
    @FunctionalInterface
    public interface Blocks {
        byte[] next() throws IOException;
    }

    /** GNU's old form: four pieces in the header, 21 in each block behind it. */
    public static SparseMap old(byte[] header, Blocks blocks) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        long size = Header.number(header, 483, 12);
        add(pieces, header, 386, 4);
        boolean more = header[482] != 0;
        while (more) {
            byte[] block = blocks.next();
            add(pieces, block, 0, 21);
            more = block[504] != 0;
        }
        return new SparseMap(pieces, size);
    }

    private static void add(List<Piece> pieces, byte[] block, int at, int count) {
        for (int i = 0; i < count; i++) {
            int from = at + i * 24;
            if (block[from] != 0 && block[from + 12] != 0) {
                add(pieces, new Piece(Header.number(block, from, 12), Header.number(block, from + 12, 12)));
            }
        }
    }

    private static void add(List<Piece> pieces, Piece piece) {
        if (pieces.size() == MAXIMUM_PIECES) {
            throw Failure.invalid("invalid tar: more than %d pieces in a sparse file", MAXIMUM_PIECES);
        }
        pieces.add(piece);
    }

    /** The forms 0.0, 0.1 (map in the pax header) and 1.0 (map in front of the content). */
    public static SparseMap pax(Map<String, byte[]> records, Stored stored) throws IOException {
        boolean first = "1".equals(text(records, "GNU.sparse.major"));
        String size = first ? text(records, "GNU.sparse.realsize") : text(records, "GNU.sparse.size");
        if (size.isEmpty()) {
            throw Failure.invalid("invalid tar: a sparse file without a size");
        }
        List<Piece> pieces = new ArrayList<>();
        if (first) {
            Lines lines = new Lines(stored);
            long count = lines.number();
            if (count > MAXIMUM_PIECES) {
                throw Failure.invalid("invalid tar: %d pieces in a sparse file", count);
            }
            for (long i = 0; i < count; i++) {
                add(pieces, new Piece(lines.number(), lines.number()));
            }
        } else {
            String map = text(records, "GNU.sparse.map");
            String[] numbers = map.isEmpty() ? new String[0] : map.split(",", -1);
            for (int i = 0; i + 1 < numbers.length; i += 2) {
                add(
                        pieces,
                        new Piece(
                                PaxRecords.number("GNU.sparse.map", numbers[i]),
                                PaxRecords.number("GNU.sparse.map", numbers[i + 1])));
            }
        }
        return new SparseMap(pieces, PaxRecords.number("GNU.sparse.size", size));
    }

    private static String text(Map<String, byte[]> records, String key) {
        byte[] value = records.get(key);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** Decimal lines of the map of form 1.0, which fills whole blocks. */
    private static final class Lines {
        private static final int BLOCK = 512;
        private final Stored stored;
        private final byte[] block = new byte[BLOCK];
        private int at = BLOCK;

        Lines(Stored stored) {
            this.stored = stored;
        }

        long number() throws IOException {
            StringBuilder digits = new StringBuilder();
            while (true) {
                if (at == BLOCK) {
                    fill();
                }
                char c = (char) block[at++];
                if (c == '\n') {
                    return PaxRecords.number("sparse map", digits.toString());
                }
                if (digits.length() > 20) {
                    throw Failure.invalid("invalid tar: malformed sparse map");
                }
                digits.append(c);
            }
        }

        private void fill() throws IOException {
            int n = 0;
            while (n < BLOCK) {
                int more = stored.read(block, n, BLOCK - n);
                if (more < 0) {
                    throw Failure.invalid("invalid tar: malformed sparse map");
                }
                n += more;
            }
            at = 0;
        }
    }

    /** Length of the file with its holes. */
    public long size() {
        return size;
    }

    /** Refuses maps that overlap, run backwards or do not fit what is stored. */
    public void check(long storedBytes, String name) {
        long end = 0;
        long sum = 0;
        for (Piece piece : pieces) {
            if (piece.offset() < end || piece.length() < 0 || piece.end() < piece.offset() || piece.end() > size) {
                throw Failure.invalid("invalid tar: impossible sparse map of %s", name);
            }
            end = piece.end();
            sum += piece.length();
        }
        if (sum > storedBytes) {
            throw Failure.invalid("invalid tar: impossible sparse map of %s", name);
        }
    }

    /** The next bytes of the file, holes as zeros. */
    public int read(byte[] bytes, int offset, int length, Stored stored) throws IOException {
        if (position == size) {
            return -1;
        }
        while (current < pieces.size() && position >= pieces.get(current).end()) {
            current++;
        }
        long next = current < pieces.size() ? pieces.get(current).offset() : size;
        int n;
        if (position < next) {
            n = (int) Math.min(length, next - position);
            Arrays.fill(bytes, offset, offset + n, (byte) 0);
        } else {
            n = stored.read(
                    bytes, offset, (int) Math.min(length, pieces.get(current).end() - position));
            if (n < 0) {
                throw Failure.invalid("invalid tar: unexpected end of a sparse file");
            }
        }
        position += n;
        return n;
    }
}
