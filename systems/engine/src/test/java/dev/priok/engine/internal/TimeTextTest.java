package dev.priok.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeTextTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "24h,2026-01-01T00:00:00Z",
        "1h30m,2026-01-01T22:30:00Z",
        "1136073845,2006-01-01T00:04:05Z",
        "1136073845.000000001,2006-01-01T00:04:05.000000001Z",
        "2025-12-01,2025-12-01T00:00:00Z",
        "2025-12-01T10:00:00,2025-12-01T10:00:00Z",
        "2025-12-01T10:00:00+01:00,2025-12-01T09:00:00Z"
    })
    void parse(String text, Instant expected) {
        assertEquals(expected, TimeText.parse(text, NOW));
    }

    @Test
    void nonsense_isRefused() {
        assertThrows(Failure.class, () -> TimeText.parse("yesterday", NOW));
    }
}
