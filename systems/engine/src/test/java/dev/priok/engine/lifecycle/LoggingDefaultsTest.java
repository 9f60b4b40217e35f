package dev.priok.engine.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.LoggingSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoggingDefaultsTest {
    private static final LoggingSpec DAEMON = new LoggingSpec("json-file", Map.of("max-size", "10m", "max-file", "2"));

    @Test
    void options_withoutDriver_areTheDaemonsUnlessGiven() {
        assertEquals(
                new LoggingSpec("json-file", Map.of("max-size", "1m", "max-file", "2")),
                Creator.logging(new LoggingSpec("", Map.of("max-size", "1m")), DAEMON));
        assertEquals(DAEMON, Creator.logging(LoggingSpec.DEFAULT, DAEMON));
    }

    @Test
    void anotherDriver_getsNoneOfTheDaemonsOptions() {
        LoggingSpec none = new LoggingSpec("none", Map.of());
        assertEquals(none, Creator.logging(none, DAEMON));
    }
}
