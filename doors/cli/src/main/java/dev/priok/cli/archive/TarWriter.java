package dev.priok.cli.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a tar archive in ustar format, with pax records for what does not fit. Closing writes the end of the archive and
 * leaves the stream below open.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">pax interchange format</a>
 */
public final class TarWriter implements Closeable {
    static final int BLOCK_BYTES = 512;
    static final int NAME_BYTES = 100;
    /** Largest number in the eleven octal digits of a size. */
    private static final long MAXIMUM_OCTAL_SIZE = 077777777777L;

    private static final int MAXIMUM_OCTAL_ID = 07777777;
    private static final int COPY_BYTES = 64 * 1024;

    private final OutputStream out;
    private final byte[] buffer = new byte[COPY_BYTES];
    private long written;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Bytes of the archive so far. */
    public long written() {
        return written;
    }

    /** Writes an entry without content. */
    public void write(TarEntry entry) throws IOException {
        writeHeader(entry);
    }

    /**
     * Writes an entry with {@code entry.size()} bytes of {@code content}. A file that shrinks meanwhile is filled with zeros
     * and one that grows is cut: the header is out already.
     */
    public void write(TarEntry entry, InputStream content) throws IOException {
        writeHeader(entry);
        long left = entry.size();
        while (left > 0) {
            int n = content.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                n = (int) Math.min(left, buffer.length);
                java.util.Arrays.fill(buffer, 0, n, (byte) 0);
            }
            put(buffer, n);
            left -= n;
        }
        pad(entry.size());
    }

    @Override
    public void close() throws IOException {
        put(new byte[2 * BLOCK_BYTES], 2 * BLOCK_BYTES);
        out.flush();
    }

    private void writeHeader(TarEntry entry) throws IOException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        byte[] link = entry.linkTarget().getBytes(StandardCharsets.UTF_8);
        StringBuilder pax = new StringBuilder();
        if (name.length > NAME_BYTES || !isAscii(name)) {
            addRecord(pax, "path", entry.name());
        }
        if (link.length > NAME_BYTES || !isAscii(link)) {
            addRecord(pax, "linkpath", entry.linkTarget());
        }
        if (entry.size() > MAXIMUM_OCTAL_SIZE) {
            addRecord(pax, "size", Long.toString(entry.size()));
        }
        if (entry.uid() > MAXIMUM_OCTAL_ID) {
            addRecord(pax, "uid", Long.toString(entry.uid()));
        }
        if (entry.gid() > MAXIMUM_OCTAL_ID) {
            addRecord(pax, "gid", Long.toString(entry.gid()));
        }
        if (!pax.isEmpty()) {
            byte[] records = pax.toString().getBytes(StandardCharsets.UTF_8);
            byte[] paxName = "PaxHeaders.0/entry".getBytes(StandardCharsets.US_ASCII);
            TarEntry about = new TarEntry("", TarEntry.Kind.FILE, 0644, 0, 0, records.length, 0, "");
            put(header(about, paxName, new byte[0], 'x'), BLOCK_BYTES);
            put(records, records.length);
            pad(records.length);
        }
        put(header(entry, name, link, entry.kind().flag()), BLOCK_BYTES);
    }

    private static byte[] header(TarEntry entry, byte[] name, byte[] link, char flag) {
        byte[] block = new byte[BLOCK_BYTES];
        System.arraycopy(name, 0, block, 0, Math.min(name.length, NAME_BYTES));
        octal(block, 100, 8, entry.mode() & 07777);
        octal(block, 108, 8, Math.min(entry.uid(), MAXIMUM_OCTAL_ID));
        octal(block, 116, 8, Math.min(entry.gid(), MAXIMUM_OCTAL_ID));
        octal(block, 124, 12, Math.min(entry.size(), MAXIMUM_OCTAL_SIZE));
        octal(block, 136, 12, Math.max(0, entry.modifiedSeconds()));
        block[156] = (byte) flag;
        System.arraycopy(link, 0, block, 157, Math.min(link.length, NAME_BYTES));
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, block, 257, 8);
        octal(block, 329, 8, 0);
        octal(block, 337, 8, 0);
        java.util.Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 7, sum);
        return block;
    }

    private static void octal(byte[] block, int offset, int length, long value) {
        long rest = value;
        for (int i = offset + length - 2; i >= offset; i--) {
            block[i] = (byte) ('0' + (rest & 7));
            rest >>= 3;
        }
        block[offset + length - 1] = 0;
    }

    /** A record counts its own length digits: {@code 30 path=...\n}. */
    private static void addRecord(StringBuilder pax, String key, String value) {
        int rest = key.length() + value.getBytes(StandardCharsets.UTF_8).length + 3;
        int length = rest + Integer.toString(rest).length();
        if (Integer.toString(length).length() != Integer.toString(rest).length()) {
            length = rest + Integer.toString(length).length();
        }
        pax.append(length).append(' ').append(key).append('=').append(value).append('\n');
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private void pad(long size) throws IOException {
        int over = (int) (size % BLOCK_BYTES);
        if (over > 0) {
            put(new byte[BLOCK_BYTES - over], BLOCK_BYTES - over);
        }
    }

    private void put(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        written += length;
    }
}
