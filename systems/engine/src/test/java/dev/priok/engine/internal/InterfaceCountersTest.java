package dev.priok.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.Stats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterfaceCountersTest {
    private static final List<String> LINES = List.of(
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0",
            "  eth0: 5000000000   12    3    4    5     6          7         8      900      10   11   12   13    14      15         16");

    @Test
    void parse_takesAllButTheLoopback() {
        assertEquals(
                Map.of("eth0", new Stats.Network(5_000_000_000L, 12, 3, 4, 900, 10, 11, 12)),
                InterfaceCounters.parse(LINES));
    }

    @Test
    void parse_withoutInterfaces_isEmpty() {
        assertEquals(Map.of(), InterfaceCounters.parse(LINES.subList(0, 2)));
        assertEquals(Map.of(), InterfaceCounters.parse(List.of()));
    }

    @Test
    void of_aProcessThatIsGone_isEmpty() {
        assertEquals(Map.of(), InterfaceCounters.of(Integer.MAX_VALUE));
    }
}
