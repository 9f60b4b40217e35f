package dev.priok.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteCountTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "10, 10", "1k, 1024", "1.5K, 1536", "512m, 536870912", "2GiB, 2147483648", "1gb, 1073741824"})
    void parse_readsDockersUnits(String text, long bytes) {
        assertEquals(bytes, ByteCount.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "m", "1x", "1..2k", "99999999p"})
    void parse_refuses(String text) {
        assertThrows(Failure.class, () -> ByteCount.parse(text));
    }
}
