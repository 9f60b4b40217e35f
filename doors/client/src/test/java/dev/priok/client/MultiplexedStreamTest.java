package dev.priok.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class MultiplexedStreamTest {
    private static void copy(int... bytes) throws IOException {
        byte[] input = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            input[i] = (byte) bytes[i];
        }
        MultiplexedStream.copy(
                new ByteArrayInputStream(input), new ByteArrayOutputStream(), new ByteArrayOutputStream());
    }

    @Test
    void copy_endInsideHeader_fails() {
        assertThrows(EOFException.class, () -> copy(1, 0, 0));
    }

    @Test
    void copy_endInsideFrame_fails() {
        assertThrows(EOFException.class, () -> copy(1, 0, 0, 0, 0, 0, 0, 5, 'a'));
    }

    @Test
    void copy_unknownStream_fails() {
        IOException failure = assertThrows(IOException.class, () -> copy(9, 0, 0, 0, 0, 0, 0, 0));
        assertEquals("unrecognized stream number 9", failure.getMessage());
    }

    @Test
    void copy_errorOfTheDaemon_isItsMessage() {
        IOException failure = assertThrows(IOException.class, () -> copy(3, 0, 0, 0, 0, 0, 0, 2, 'n', 'o'));
        assertEquals("error from daemon in stream: no", failure.getMessage());
    }
}
