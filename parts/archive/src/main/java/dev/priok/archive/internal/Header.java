package dev.priok.archive.internal;

import dev.priok.archive.TarEntry;
import dev.priok.core.Failure;
import dev.priok.core.PathText;

/** The fields of one 512-byte header. */
public final class Header {
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_END = 156;

    private final byte[] block;

    /** Reads the fields of {@code block}, after checking its sum. */
    public Header(byte[] block) {
        this.block = block;
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < block.length; i++) {
            byte b = i >= CHECKSUM_AT && i < CHECKSUM_END ? (byte) ' ' : block[i];
            unsigned += b & 0xFF;
            signed += b;
        }
        // Some ancient writers summed signed bytes.
        long sum = number(CHECKSUM_AT, 8);
        if (sum != unsigned && sum != signed) {
            throw Failure.invalid("invalid tar header");
        }
    }

    public String name() {
        String name = text(0, 100);
        boolean posix = block[257] == 'u'
                && block[258] == 's'
                && block[259] == 't'
                && block[260] == 'a'
                && block[261] == 'r'
                && block[262] == 0;
        // GNU's own format has other things where POSIX has the prefix.
        return posix && block[345] != 0 ? text(345, 155) + "/" + name : name;
    }

    public String link() {
        return text(157, 100);
    }

    public int mode() {
        return (int) number(100, 8) & 0xFFF;
    }

    public int uid() {
        return (int) number(108, 8);
    }

    public int gid() {
        return (int) number(116, 8);
    }

    public long size() {
        long size = number(124, 12);
        if (size < 0) {
            throw Failure.invalid("invalid tar: negative size of %s", name());
        }
        return size;
    }

    public long modified() {
        return number(136, 12);
    }

    public char flag() {
        return (char) block[156];
    }

    public int deviceMajor() {
        return isDevice() ? (int) number(329, 8) : 0;
    }

    public int deviceMinor() {
        return isDevice() ? (int) number(337, 8) : 0;
    }

    private boolean isDevice() {
        return flag() == '3' || flag() == '4';
    }

    /** What the member is; old writers mark a folder by the slash at its end alone. */
    public TarEntry.Type type(String name) {
        return switch (flag()) {
            case '0', 0, '7', 'S' -> name.endsWith("/") && flag() != 'S' ? TarEntry.Type.FOLDER : TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMBOLIC_LINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.FOLDER;
            case '6' -> TarEntry.Type.FIFO;
            default -> throw Failure.invalid("unhandled tar header type %d of %s", (int) flag(), name);
        };
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return PathText.decode(block, offset, end - offset);
    }

    private long number(int offset, int length) {
        return number(block, offset, length);
    }

    /** A number in octal text or, marked by the highest bit, in binary. */
    static long number(byte[] block, int offset, int length) {
        if ((block[offset] & 0x80) != 0) {
            long value = (block[offset] & 0x40) != 0 ? -1 : 0;
            value = value << 6 | (block[offset] & 0x3F);
            for (int i = 1; i < length; i++) {
                if (length - i >= 8 && value != 0 && value != -1) {
                    throw Failure.invalid("invalid tar: number too large");
                }
                value = value << 8 | (block[offset + i] & 0xFF);
            }
            return value;
        }
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            byte b = block[i];
            if (b >= '0' && b <= '7') {
                value = value << 3 | (b - '0');
            } else if (b != ' ' && b != 0) {
                throw Failure.invalid("invalid tar header");
            } else if (value != 0) {
                break;
            }
        }
        return value;
    }
}
