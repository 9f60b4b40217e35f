package dev.priok.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How a stream is compressed, told by its first bytes. */
public enum Compression {
    NONE(""),
    GZIP("\u001f\u008b\b"),
    ZSTD("(\u00b5/\u00fd"),
    BZIP2("BZh"),
    XZ("\u00fd7zXZ\0");

    /** As many bytes as {@link #detect} looks at. */
    public static final int MAGIC_BYTES = 6;

    private static final int BUFFER_BYTES = 64 << 10;
    /** xz files may ask for gigabytes of dictionary; the strongest preset (-9) needs 65 MiB. */
    private static final int MAXIMUM_XZ_KIB = 128 << 10;

    private final String magic;

    Compression(String magic) {
        this.magic = magic;
    }

    /** The compression of a stream that begins with these bytes. */
    public static Compression detect(byte[] start, int length) {
        for (Compression compression : values()) {
            if (compression != NONE && compression.matches(start, length)) {
                return compression;
            }
        }
        return NONE;
    }

    private boolean matches(byte[] start, int length) {
        if (length < magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if ((start[i] & 0xFF) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The content of a stream, decompressed if need be. Closing it closes {@code in}. */
    public static InputStream decompress(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        buffered.mark(MAGIC_BYTES);
        byte[] start = buffered.readNBytes(MAGIC_BYTES);
        buffered.reset();
        return switch (detect(start, start.length)) {
            case NONE -> buffered;
            case GZIP -> new GZIPInputStream(new NeverDry(buffered), BUFFER_BYTES);
            case ZSTD -> new ZstdInputStreamNoFinalizer(buffered).setContinuous(true);
            case BZIP2 -> new BZip2CompressorInputStream(buffered, true);
            case XZ -> new XZInputStream(buffered, MAXIMUM_XZ_KIB);
        };
    }

    /** GZIPInputStream takes "nothing available" for the end, and loses the members behind the first. */
    private static final class NeverDry extends FilterInputStream {
        NeverDry(InputStream in) {
            super(in);
        }

        @Override
        public int available() throws IOException {
            return Math.max(1, super.available());
        }
    }
}
