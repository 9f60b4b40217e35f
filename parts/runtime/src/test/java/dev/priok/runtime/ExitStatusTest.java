package dev.priok.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExitStatusTest {
    @Test
    void code_isAsShellsSayIt() {
        assertEquals(0, new ExitStatus(0, Instant.EPOCH).code());
        assertEquals(42, new ExitStatus(42 << 8, Instant.EPOCH).code());
        assertEquals(137, new ExitStatus(9, Instant.EPOCH).code());
        assertEquals(139, new ExitStatus(0x80 | 11, Instant.EPOCH).code(), "with a core dump");
        assertEquals(11, new ExitStatus(0x80 | 11, Instant.EPOCH).signal());
    }
}
