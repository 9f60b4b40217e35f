package dev.priok.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
    private static byte[] text(int bytes) {
        byte[] text = new byte[bytes];
        Random random = new Random(1);
        for (int i = 0; i < bytes; i++) {
            text[i] = (byte) ("etaoin shrdlu\n".charAt(random.nextInt(14)) ^ (i >> 16 & 1));
        }
        return text;
    }

    private static byte[] decompress(byte[] bytes) throws IOException {
        try (var in = Compression.decompress(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    private static byte[] parallel(byte[] text, int piece) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ParallelGzip gzip = new ParallelGzip(bytes)) {
            for (int at = 0; at < text.length; at += piece) {
                gzip.write(text, at, Math.min(piece, text.length - at));
            }
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 262_144, 262_145, 3_000_000})
    void parallelGzip_anyLength_isGzipAndTheSameForAnyPieces(int length) throws IOException {
        byte[] text = text(length);
        byte[] compressed = parallel(text, 100_000);
        assertEquals(Compression.GZIP, Compression.detect(compressed, 6));
        assertArrayEquals(text, decompress(compressed));
        assertArrayEquals(compressed, parallel(text, 7_777));
        if (length > 1000) {
            assertTrue(compressed.length < length * 6 / 10, "only to " + compressed.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 262_144, 1_000_000})
    void parallelGzip_denseBytesAmongText_areStoredAndGrowByLittle(int length) throws IOException {
        byte[] dense = new byte[length];
        new Random(3).nextBytes(dense);
        byte[] compressed = parallel(dense, 70_000);
        assertArrayEquals(dense, decompress(compressed));
        assertTrue(compressed.length < length + 1000, "to " + compressed.length);
        byte[] mixed = text(2 * length + 600_000);
        System.arraycopy(dense, 0, mixed, 300_000, length);
        assertArrayEquals(mixed, decompress(parallel(mixed, 70_000)));
    }

    @Test
    void decompress_gzipMembersOneAfterTheOther_readsAll() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(text(70_000));
            }
        }
        assertEquals(210_000, decompress(bytes.toByteArray()).length);
    }

    @Test
    void decompress_eachKind_givesTheText() throws IOException {
        byte[] text = text(100_000);
        assertArrayEquals(text, decompress(text));
        assertArrayEquals(text, decompress(Zstd.compress(text)));
        ByteArrayOutputStream bzip2 = new ByteArrayOutputStream();
        try (var out = new BZip2CompressorOutputStream(bzip2)) {
            out.write(text);
        }
        assertArrayEquals(text, decompress(bzip2.toByteArray()));
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (var out = new XZOutputStream(xz, new LZMA2Options())) {
            out.write(text);
        }
        assertEquals(Compression.XZ, Compression.detect(xz.toByteArray(), 6));
        assertArrayEquals(text, decompress(xz.toByteArray()));
    }

    @Test
    void decompress_shortStream_isItself() throws IOException {
        assertArrayEquals(new byte[] {1, 2}, decompress(new byte[] {1, 2}));
        assertArrayEquals(new byte[0], decompress(new byte[0]));
    }
}
