package dev.priok.engine.lifecycle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DetachKeysTest {
    private final AtomicBoolean found = new AtomicBoolean();

    private byte[] filter(DetachKeys keys, int... typed) {
        byte[] bytes = new byte[typed.length];
        for (int i = 0; i < typed.length; i++) {
            bytes[i] = (byte) typed[i];
        }
        return keys.filter(bytes, 0, bytes.length, () -> found.set(true));
    }

    @Test
    void sequence_isFoundAcrossWrites() {
        DetachKeys keys = DetachKeys.parse(null);
        assertArrayEquals(new byte[] {'a'}, filter(keys, 'a', 16));
        assertFalse(found.get());
        assertArrayEquals(new byte[0], filter(keys, 17, 'b'));
        assertTrue(found.get());
    }

    @Test
    void begunSequence_isGivenAfterAll() {
        DetachKeys keys = DetachKeys.parse("ctrl-p,ctrl-q");
        assertArrayEquals(new byte[0], filter(keys, 16));
        assertArrayEquals(new byte[] {16, 'x'}, filter(keys, 'x'));
        assertFalse(found.get());
    }

    @Test
    void firstKeyTwice_keepsOne() {
        DetachKeys keys = DetachKeys.parse(null);
        assertArrayEquals(new byte[] {16}, filter(keys, 16, 16, 17));
        assertTrue(found.get());
    }

    @Test
    void singleKey() {
        assertArrayEquals(new byte[] {'a'}, filter(DetachKeys.parse("ctrl-c"), 'a', 3, 'b'));
        assertTrue(found.get());
    }

    @Test
    void parse_refusesNonsense() {
        assertEquals(
                Failure.Kind.INVALID,
                assertThrows(Failure.class, () -> DetachKeys.parse("ctrl-A-b")).kind());
    }
}
