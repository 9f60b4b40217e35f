package dev.priok.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TarReaderTest {
    /** A header block with a right sum; {@code fields} are offset and text by turns. */
    private static byte[] header(String name, char flag, long size, Object... fields) {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, "0000644");
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        put(block, 124, "%011o".formatted(size));
        put(block, 136, "00000000000");
        block[156] = (byte) flag;
        put(block, 257, "ustar\00000");
        for (int i = 0; i < fields.length; i += 2) {
            put(block, (int) fields[i], (String) fields[i + 1]);
        }
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xFF;
        }
        put(block, 148, "%06o\0".formatted(sum));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static byte[] tar(byte[]... blocks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] block : blocks) {
            bytes.writeBytes(block);
            bytes.writeBytes(new byte[-block.length & 511]);
        }
        bytes.writeBytes(new byte[1024]);
        return bytes.toByteArray();
    }

    private static TarReader reader(byte[]... blocks) {
        return new TarReader(new ByteArrayInputStream(tar(blocks)));
    }

    /** Docker's command ends so when it puts a Dockerfile into a context. */
    @Test
    void next_endBehindTheLastByteOfAMember_isTheEnd() throws IOException {
        byte[] whole = tar(header("f", '0', 2), "Hi".getBytes(StandardCharsets.ISO_8859_1));
        TarReader reader = new TarReader(new ByteArrayInputStream(whole, 0, 514));
        assertEquals("f", reader.next().orElseThrow().name());
        assertArrayEquals("Hi".getBytes(StandardCharsets.ISO_8859_1), reader.readAllBytes());
        assertTrue(reader.next().isEmpty());
    }

    @Test
    void next_cutPaddingOrEnd_isRefused() throws IOException {
        byte[] whole = tar(header("f", '0', 2), "Hi".getBytes(StandardCharsets.ISO_8859_1));
        for (int length : new int[] {600, whole.length - 1}) {
            TarReader reader = new TarReader(new ByteArrayInputStream(whole, 0, length));
            assertTrue(reader.next().isPresent());
            assertThrows(Failure.class, reader::next);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String pax(String key, String value) {
        int length = key.length() + value.length() + 3;
        length += Integer.toString(length + Integer.toString(length).length()).length();
        return length + " " + key + "=" + value + "\n";
    }

    @Test
    void next_gnuLongNames_areJoined() throws IOException {
        String name = "n".repeat(300);
        TarReader reader = reader(
                header("././@LongLink", 'L', 301),
                bytes(name + "\0"),
                header("././@LongLink", 'K', 5),
                bytes("link\0"),
                header("n".repeat(100), '2', 0));
        TarEntry entry = reader.next().orElseThrow();
        assertEquals(name, entry.name());
        assertEquals("link", entry.link());
    }

    @Test
    void next_paxTimes_haveNanoseconds() throws IOException {
        for (String[] time : new String[][] {
            {"1700000000.25", "1700000000", "250000000"}, {"-1.25", "-2", "750000000"}, {"7", "7", "0"}
        }) {
            String records = pax("mtime", time[0]);
            TarEntry entry = reader(header("p", 'x', records.length()), bytes(records), header("f", '0', 0))
                    .next()
                    .orElseThrow();
            assertEquals(Long.parseLong(time[1]), entry.modifiedSeconds(), time[0]);
            assertEquals(Integer.parseInt(time[2]), entry.modifiedNanos(), time[0]);
        }
    }

    @Test
    void next_binarySize_isReadWhole() throws IOException {
        byte[] block = header("big", '0', 0, 124, "\u0080\0\0\0\0\0\0\3\0\0\0\0");
        TarReader reader = new TarReader(new ByteArrayInputStream(block));
        assertEquals(3L << 32, reader.next().orElseThrow().size());
    }

    @Test
    void next_oldFolder_isTakenFromItsSlash() throws IOException {
        assertEquals(
                TarEntry.Type.FOLDER,
                reader(header("d/", '\0', 0)).next().orElseThrow().type());
    }

    @Test
    void next_ustarPrefix_isInFront() throws IOException {
        assertEquals(
                "some/where/f",
                reader(header("f", '0', 0, 345, "some/where"))
                        .next()
                        .orElseThrow()
                        .name());
    }

    @Test
    void read_sparse10_fillsHoles() throws IOException {
        String records = pax("GNU.sparse.major", "1")
                + pax("GNU.sparse.minor", "0")
                + pax("GNU.sparse.name", "real")
                + pax("GNU.sparse.realsize", "5000");
        byte[] map = Arrays.copyOf(bytes("2\n10\n3\n4000\n2\n"), 512);
        byte[] stored = new byte[512 + 5];
        System.arraycopy(map, 0, stored, 0, 512);
        System.arraycopy(bytes("abcde"), 0, stored, 512, 5);
        TarReader reader = reader(
                header("p", 'x', records.length()),
                bytes(records),
                header("GNUSparseFile.0/real", '0', 517),
                stored,
                header("after", '0', 0));
        TarEntry entry = reader.next().orElseThrow();
        assertEquals("real", entry.name());
        assertEquals(5000, entry.size());
        assertTrue(reader.isSparse());
        byte[] expected = new byte[5000];
        System.arraycopy(bytes("abc"), 0, expected, 10, 3);
        System.arraycopy(bytes("de"), 0, expected, 4000, 2);
        assertArrayEquals(expected, reader.readAllBytes());
        assertEquals("after", reader.next().orElseThrow().name());
    }

    @Test
    void read_oldGnuSparse_fillsHoles() throws IOException {
        byte[] block =
                header("s", 'S', 4, 257, "ustar  \0", 386, "00000000002\0", 398, "00000000004\0", 483, "00000000012\0");
        TarReader reader = reader(block, bytes("data"));
        TarEntry entry = reader.next().orElseThrow();
        assertEquals(10, entry.size());
        assertArrayEquals(bytes("\0\0data\0\0\0\0"), reader.readAllBytes());
    }

    @Test
    void next_impossibleSparseMap_isRefused() {
        byte[] block =
                header("s", 'S', 4, 257, "ustar  \0", 386, "00000000002\0", 398, "00000000777\0", 483, "00000000012\0");
        assertThrows(Failure.class, () -> reader(block, bytes("data")).next());
    }

    @Test
    void next_broken_isAFailure() throws IOException {
        byte[] good = tar(header("f", '0', 5), bytes("hello"));
        byte[] wrongSum = good.clone();
        wrongSum[0] = 'g';
        assertThrows(Failure.class, () -> new TarReader(new ByteArrayInputStream(wrongSum)).next());
        TarReader cut = new TarReader(new ByteArrayInputStream(good, 0, 514));
        cut.next();
        assertThrows(Failure.class, cut::readAllBytes);
        assertThrows(Failure.class, () -> reader(header("f", 'N', 0)).next());
        assertThrows(
                Failure.class,
                () -> reader(header("p", 'x', 9), bytes("99 a=b\n")).next());
        assertThrows(Failure.class, () -> new TarReader(new ByteArrayInputStream(header("p", 'x', 1L << 30))).next());
    }

    @Test
    void next_randomDamage_isNothingWorseThanAFailure() throws IOException {
        String records = pax("path", "long") + pax("SCHILY.xattr.user.a", "b") + pax("GNU.sparse.map", "0,1");
        byte[] good = tar(
                header("p", 'x', records.length()),
                bytes(records),
                header("f", '0', 700),
                new byte[700],
                header("s", 'S', 4, 386, "00000000002\0", 398, "00000000004\0", 483, "00000000012\0"),
                bytes("data"));
        Random random = new Random(3);
        int failures = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j < 3; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                TarReader reader = new TarReader(new ByteArrayInputStream(bad, 0, random.nextInt(bad.length)));
                while (reader.next().isPresent()) {
                    reader.transferTo(java.io.OutputStream.nullOutputStream());
                }
            } catch (Failure e) {
                assertEquals(Failure.Kind.INVALID, e.kind());
                failures++;
            }
        }
        assertTrue(failures > 100, "only " + failures + " were noticed");
    }

    @Test
    void drain_trailingBytes_areRead() throws IOException {
        byte[] tar = Arrays.copyOf(tar(header("f", '0', 0)), 10240);
        InputStream in = new ByteArrayInputStream(tar);
        TarReader reader = new TarReader(in);
        while (reader.next().isPresent()) {
            assertEquals(-1, reader.read());
        }
        reader.drain();
        assertEquals(0, in.available());
    }
}
