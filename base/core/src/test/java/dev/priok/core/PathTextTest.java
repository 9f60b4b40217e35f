package dev.priok.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathTextTest {
    @Test
    void decode_utf8_isThatText() {
        String text = "Főtanúsítvány \uD83D\uDE00 \uFFFD";
        assertEquals(text, PathText.decode(text.getBytes(StandardCharsets.UTF_8)));
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), PathText.encode(text));
    }

    @Test
    void decode_latin1_escapesEachByte() {
        byte[] bytes = "caf\u00e9.txt".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("caf\uDCE9.txt", PathText.decode(bytes));
        assertArrayEquals(bytes, PathText.encode("caf\uDCE9.txt"));
    }

    @Test
    void encode_anyBytesDecoded_givesThemBack() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                for (int j = 0; j < bytes.length; j++) {
                    bytes[j] = (byte) (0xC0 | bytes[j]);
                }
            }
            assertArrayEquals(bytes, PathText.encode(PathText.decode(bytes)));
        }
    }
}
