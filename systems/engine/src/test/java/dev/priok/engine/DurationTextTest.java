package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"0,0", "300ms,300000000", "1.5s,1500000000", "1h30m,5400000000000", "2us3ns,2003"})
    void durations_areRead(String text, long nanos) {
        assertEquals(Optional.of(Duration.ofNanos(nanos)), DurationText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1 s", "1s ", "1x", "1.s", "9999999999999h"})
    void others_areNone(String text) {
        assertEquals(Optional.empty(), DurationText.parse(text));
    }
}
