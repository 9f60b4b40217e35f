package dev.priok.engine.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.RestartPolicy;
import dev.priok.engine.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final RestartPolicy ALWAYS = new RestartPolicy("always", 0);

    private final RestartBackoff backoff = new RestartBackoff();

    private Optional<Duration> exit(RestartPolicy policy, int code, boolean manual, Duration ranFor) {
        return backoff.afterExit(policy, Upkeep.BUILT_IN, code, manual, ranFor);
    }

    @Test
    void always_delaysDoubleUpToAMinute() {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            delays.add(exit(ALWAYS, 0, false, SHORT).orElseThrow().toMillis());
        }
        assertEquals(
                List.of(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 51200L, 60000L, 60000L), delays);
    }

    @Test
    void always_goodRunBeginsAnew() {
        exit(ALWAYS, 1, false, SHORT);
        exit(ALWAYS, 1, false, SHORT);
        assertEquals(Optional.of(Upkeep.BUILT_IN.restartDelay()), exit(ALWAYS, 1, false, Duration.ofSeconds(10)));
    }

    @Test
    void always_manualStopStaysDown() {
        assertEquals(Optional.empty(), exit(ALWAYS, 0, true, SHORT));
    }

    @Test
    void onFailure_zeroStaysDown() {
        assertEquals(Optional.empty(), exit(new RestartPolicy("on-failure", 0), 0, false, SHORT));
    }

    @Test
    void onFailure_stopsAfterMaximum() {
        RestartPolicy twice = new RestartPolicy("on-failure", 2);
        assertEquals(100, exit(twice, 1, false, SHORT).orElseThrow().toMillis());
        assertEquals(200, exit(twice, 1, false, SHORT).orElseThrow().toMillis());
        assertEquals(Optional.empty(), exit(twice, 1, false, SHORT));
    }

    @Test
    void reset_countsFromZero() {
        RestartPolicy once = new RestartPolicy("on-failure", 1);
        exit(once, 1, false, SHORT);
        assertEquals(Optional.empty(), exit(once, 1, false, SHORT));
        backoff.reset();
        assertEquals(Optional.of(Upkeep.BUILT_IN.restartDelay()), exit(once, 1, false, SHORT));
    }

    @Test
    void no_staysDown() {
        assertEquals(Optional.empty(), exit(RestartPolicy.NO, 1, false, SHORT));
    }

    @Test
    void delays_areThoseThatWereAskedFor() {
        Upkeep tuned = new Upkeep(null, Duration.ofMillis(5), Duration.ofMillis(12), Duration.ofSeconds(1), null)
                .or(Upkeep.BUILT_IN);
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            delays.add(backoff.afterExit(ALWAYS, tuned, 1, false, SHORT)
                    .orElseThrow()
                    .toMillis());
        }
        assertEquals(List.of(5L, 10L, 12L, 12L), delays);
        assertEquals(
                Optional.of(Duration.ofMillis(5)), backoff.afterExit(ALWAYS, tuned, 1, false, Duration.ofSeconds(1)));
    }
}
