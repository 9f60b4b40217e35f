package dev.priok.archive;

import dev.priok.core.PathText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes tars in the POSIX format, with a pax header only where the plain one cannot say it: equal members give equal bytes. Times
 * are written in whole seconds, as Docker does. After {@link #put} of a file exactly its size in bytes must be written. The end
 * is marked by {@link #close}, which leaves the stream below open. For one thread; hand in a buffered stream.
 */
public final class TarWriter extends OutputStream {
    private static final int BLOCK = 512;
    private static final byte[] ZEROS = new byte[2 * BLOCK];
    /** The largest number that eleven octal digits hold. */
    private static final long MAXIMUM_LONG_FIELD = 0_77777777777L;
    /** The largest number that seven octal digits hold. */
    private static final int MAXIMUM_SHORT_FIELD = 0_7777777;

    private final OutputStream out;
    private final byte[] header = new byte[BLOCK];
    private long left;
    private int padding;
    private boolean closed;

    public TarWriter(OutputStream out) {
        super();
        this.out = out;
    }

    /** Begins a member. */
    public void put(TarEntry entry) throws IOException {
        endMember();
        byte[] name = PathText.encode(entry.name());
        byte[] link = PathText.encode(entry.link());
        int split = name.length <= 100 ? 0 : split(name);
        ByteArrayOutputStream pax = new ByteArrayOutputStream();
        boolean longName = split < 0 || !isAscii(name);
        if (longName) {
            record(pax, "path", name);
        }
        if (link.length > 100 || !isAscii(link)) {
            record(pax, "linkpath", link);
        }
        number(pax, "size", entry.size(), MAXIMUM_LONG_FIELD);
        number(pax, "uid", entry.uid() & 0xFFFFFFFFL, MAXIMUM_SHORT_FIELD);
        number(pax, "gid", entry.gid() & 0xFFFFFFFFL, MAXIMUM_SHORT_FIELD);
        number(pax, "mtime", entry.modifiedSeconds(), MAXIMUM_LONG_FIELD);
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            record(pax, "SCHILY.xattr." + xattr.getKey(), xattr.getValue());
        }
        if (pax.size() > 0) {
            putPax(pax.toByteArray(), name);
        }
        fill(entry, entry.type().flag(), entry.size());
        if (split > 0 && !longName) {
            System.arraycopy(name, 0, header, 345, split);
            System.arraycopy(name, split + 1, header, 0, name.length - split - 1);
        } else {
            System.arraycopy(name, 0, header, 0, Math.min(100, name.length));
        }
        System.arraycopy(link, 0, header, 157, Math.min(100, link.length));
        writeHeader();
        left = entry.type() == TarEntry.Type.FILE ? entry.size() : 0;
        padding = (int) (-left & (BLOCK - 1));
    }

    /** A whole file from memory. */
    public void put(TarEntry entry, byte[] content) throws IOException {
        put(entry);
        write(content, 0, content.length);
    }

    /** A whole file from a stream, which must hold just its size. */
    public void put(TarEntry entry, InputStream content) throws IOException {
        put(entry);
        content.transferTo(this);
    }

    private void putPax(byte[] records, byte[] name) throws IOException {
        TarEntry entry = TarEntry.file("", 0644, records.length, 0);
        fill(entry, 'x', records.length);
        byte[] start = "PaxHeaders.0/".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, header, 0, start.length);
        int from = Math.max(0, name.length - 80);
        System.arraycopy(name, from, header, start.length, name.length - from);
        writeHeader();
        out.write(records);
        out.write(ZEROS, 0, -records.length & (BLOCK - 1));
    }

    private void fill(TarEntry entry, char flag, long size) {
        Arrays.fill(header, (byte) 0);
        octal(100, 7, entry.mode());
        octal(108, 7, fits(entry.uid() & 0xFFFFFFFFL, MAXIMUM_SHORT_FIELD));
        octal(116, 7, fits(entry.gid() & 0xFFFFFFFFL, MAXIMUM_SHORT_FIELD));
        octal(124, 11, flag == '0' || flag == 'x' ? fits(size, MAXIMUM_LONG_FIELD) : 0);
        octal(136, 11, fits(entry.modifiedSeconds(), MAXIMUM_LONG_FIELD));
        header[156] = (byte) flag;
        byte[] magic = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, header, 257, magic.length);
        octal(329, 7, entry.deviceMajor());
        octal(337, 7, entry.deviceMinor());
    }

    /** What does not fit stands in the pax header, and the plain field is 0. */
    private static long fits(long value, long maximum) {
        return value >= 0 && value <= maximum ? value : 0;
    }

    private void octal(int offset, int digits, long value) {
        long rest = value;
        for (int i = offset + digits - 1; i >= offset; i--) {
            header[i] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
    }

    private void writeHeader() throws IOException {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        octal(148, 6, sum);
        header[154] = 0;
        out.write(header);
    }

    /** Where to cut a long name so that it fits prefix (155) and name (100); -1 when it does not. */
    private static int split(byte[] name) {
        if (name.length > 256) {
            return -1;
        }
        for (int i = Math.min(155, name.length - 2); i > 0 && name.length - i - 1 <= 100; i--) {
            if (name[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAscii(byte[] text) {
        for (byte b : text) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static void number(ByteArrayOutputStream pax, String key, long value, long maximum) {
        if (fits(value, maximum) != value) {
            record(pax, key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Adds {@code "length key=value\n"}; the length counts its own digits. */
    private static void record(ByteArrayOutputStream pax, String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        int rest = name.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        pax.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
        pax.writeBytes(name);
        pax.write('=');
        pax.writeBytes(value);
        pax.write('\n');
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > left) {
            throw new IOException("a tar member got more bytes than its size");
        }
        out.write(bytes, offset, length);
        left -= length;
    }

    /** Bytes that the current member still lacks. */
    public long remaining() {
        return left;
    }

    private void endMember() throws IOException {
        if (left > 0) {
            throw new IOException("a tar member lacks %d bytes of its size".formatted(left));
        }
        out.write(ZEROS, 0, padding);
        padding = 0;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Ends the tar and flushes; the stream below stays open. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            endMember();
            out.write(ZEROS);
            out.flush();
        }
    }
}
