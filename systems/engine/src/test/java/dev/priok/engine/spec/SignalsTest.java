package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({"TERM,15", "SIGKILL,9", "sigusr1,10", "9,9", "RTMIN+3,37", "SIGRTMAX-1,63", "CLD,17", "64,64"})
    void parse_known(String text, int number) {
        assertEquals(number, Signals.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "NOPE", "RTMIN+40", "SIG", "-9"})
    void parse_unknown(String text) {
        assertEquals(
                "invalid signal: " + text,
                assertThrows(Failure.class, () -> Signals.parse(text)).message());
    }
}
