package dev.priok.cli.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a tar archive: ustar, pax and GNU long names. */
public final class TarReader {
    /** Longest pax record or GNU name; a path has at most 4096 bytes. */
    private static final int MAXIMUM_EXTENSION_BYTES = 1 << 20;

    private final InputStream in;
    private long left;
    private long padding;
    private final Map<String, String> extensions = new HashMap<>();

    public TarReader(InputStream in) {
        this.in = in;
    }

    /** The next entry; null at the end of the archive. What is left of the content before is skipped. */
    public @Nullable TarEntry next() throws IOException {
        in.skipNBytes(left + padding);
        left = 0;
        padding = 0;
        extensions.clear();
        byte[] block = new byte[TarWriter.BLOCK_BYTES];
        while (true) {
            int n = in.readNBytes(block, 0, block.length);
            if (n == 0 || isZero(block)) {
                return null;
            }
            if (n < block.length) {
                throw new EOFException("archive ends inside a header");
            }
            checkSum(block);
            long size = number(block, 124, 12);
            char flag = (char) block[156];
            switch (flag) {
                case 'x' -> readPax(extension(size));
                case 'g' -> extension(size);
                case 'L' -> extensions.put("path", text(extension(size)));
                case 'K' -> extensions.put("linkpath", text(extension(size)));
                default -> {
                    return entry(block, flag, size);
                }
            }
        }
    }

    /** Content of the entry that {@link #next} returned last; never reads beyond it. */
    public InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int n = in.read(buffer, offset, (int) Math.min(length, left));
                if (n < 0) {
                    throw new EOFException("archive ends inside a file");
                }
                left -= n;
                return n;
            }
        };
    }

    private TarEntry entry(byte[] block, char flag, long headerSize) throws IOException {
        TarEntry.Kind kind = TarEntry.Kind.ofFlag(flag);
        long size = extendedNumber("size", headerSize);
        left = kind == TarEntry.Kind.FILE || kind == TarEntry.Kind.OTHER ? size : 0;
        padding = -left & (TarWriter.BLOCK_BYTES - 1);
        String name = extensions.get("path");
        if (name == null) {
            String prefix = block[257] == 'u' && block[262] == 0 ? string(block, 345, 155) : "";
            name = (prefix.isEmpty() ? "" : prefix + "/") + string(block, 0, 100);
        }
        String link = extensions.getOrDefault("linkpath", string(block, 157, 100));
        return new TarEntry(
                name,
                kind,
                (int) number(block, 100, 8) & 07777,
                extendedNumber("uid", number(block, 108, 8)),
                extendedNumber("gid", number(block, 116, 8)),
                left,
                modified(number(block, 136, 12)),
                link);
    }

    private long modified(long header) {
        String text = extensions.get("mtime");
        if (text == null) {
            return header;
        }
        int dot = text.indexOf('.');
        try {
            return Long.parseLong(dot < 0 ? text : text.substring(0, dot));
        } catch (NumberFormatException _) {
            return header;
        }
    }

    private long extendedNumber(String key, long header) throws IOException {
        String text = extensions.get(key);
        if (text == null) {
            return header;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("archive has a bad " + key + ": " + text, e);
        }
    }

    private byte[] extension(long size) throws IOException {
        if (size < 0 || size > MAXIMUM_EXTENSION_BYTES) {
            throw new IOException("archive has an extended header of " + size + " bytes");
        }
        byte[] bytes = in.readNBytes((int) size);
        in.skipNBytes(-size & (TarWriter.BLOCK_BYTES - 1));
        return bytes;
    }

    private void readPax(byte[] records) throws IOException {
        int at = 0;
        while (at < records.length) {
            int space = at;
            while (space < records.length && records[space] != ' ') {
                space++;
            }
            int length;
            try {
                length = Integer.parseInt(new String(records, at, space - at, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
                throw new IOException("archive has a bad pax record", e);
            }
            if (length <= space - at + 1 || length > records.length - at) {
                throw new IOException("archive has a bad pax record");
            }
            String pair = new String(records, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
            int equals = pair.indexOf('=');
            if (equals > 0) {
                extensions.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            at += length;
        }
    }

    private static void checkSum(byte[] block) throws IOException {
        int sum = 0;
        for (int i = 0; i < block.length; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
        }
        if (number(block, 148, 8) != sum) {
            throw new IOException("not a tar archive: a header's checksum is wrong");
        }
    }

    private static long number(byte[] block, int offset, int length) throws IOException {
        if ((block[offset] & 0x80) != 0) {
            long value = block[offset] & 0x7f;
            for (int i = 1; i < length; i++) {
                value = (value << 8) | (block[offset + i] & 0xff);
            }
            if (value < 0) {
                throw new IOException("archive has a number out of range");
            }
            return value;
        }
        String digits = string(block, offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("archive has a bad number: " + digits, e);
        }
    }

    private static String text(byte[] bytes) {
        return string(bytes, 0, bytes.length);
    }

    private static String string(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.UTF_8);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
