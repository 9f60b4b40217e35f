package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TextDecoderTest {
    @Property(tries = 300)
    void decode_cutAnywhereIsTheSameText(
            @ForAll @StringLength(max = 40) String text, @ForAll @IntRange(min = 1, max = 7) int piece) {
        // What cannot be encoded becomes a question mark, which is then the text.
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        TextDecoder decoder = new TextDecoder();
        StringBuilder result = new StringBuilder();
        for (int at = 0; at < bytes.length; at += piece) {
            String part = decoder.decode(bytes, at, Math.min(piece, bytes.length - at));
            assertFalse(!part.isEmpty() && Character.isHighSurrogate(part.charAt(part.length() - 1)));
            result.append(part);
        }
        assertEquals(
                new String(bytes, StandardCharsets.UTF_8),
                result.append(decoder.end()).toString());
    }

    @Test
    void end_tellsABrokenCharacter() {
        TextDecoder decoder = new TextDecoder();
        assertEquals("a", decoder.decode(new byte[] {'a', (byte) 0xC3}, 0, 2));
        assertEquals("\uFFFD", decoder.end());
    }
}
