package dev.priok.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.build.dockerfile.SourceRange;
import dev.priok.core.Failure;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words of EXPOSE and STOPSIGNAL. */
class WordsOfInstructionsTest {
    private static final SourceRange LINES = new SourceRange("Dockerfile", 1, 1);

    @ParameterizedTest
    @CsvSource({
        "80, 80/tcp",
        "80/UDP, 80/udp",
        "80-82/sctp, 80/sctp 81/sctp 82/sctp",
        "8080:80, 80/tcp",
        "127.0.0.1:8080:80/tcp, 80/tcp",
        "' 1  2 ', 1/tcp 2/tcp"
    })
    void ports_areRead(String word, String expected) {
        assertEquals(List.of(expected.split(" ")), Ports.read(word, LINES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "80/icmp", "-1", "70000", "9-3", "+5", "80/", "1-"})
    void ports_malformedFail(String word) {
        assertThrows(Failure.class, () -> Ports.read(word, LINES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SIGTERM", "term", "9", "64", "SIGRTMIN+3", "rtmax-1", "KILL"})
    void signals_areKept(String text) {
        assertEquals(text, Signals.check(text, LINES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "SIGNAL", "RTMIN+16", "-9", "SIG", "9 "})
    void signals_unknownFail(String text) {
        assertThrows(Failure.class, () -> Signals.check(text, LINES));
    }
}
