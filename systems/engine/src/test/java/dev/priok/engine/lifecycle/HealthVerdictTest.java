package dev.priok.engine.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.ContainerState.Health;
import dev.priok.engine.Healthcheck;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthVerdictTest {
    private static final Health STARTING = new Health("starting", 0, List.of());

    @Test
    void success_isHealthyAtOnce() {
        assertEquals(new Health("healthy", 0, List.of()), HealthVerdict.after(STARTING, 0, 3, true));
        assertEquals(
                new Health("healthy", 0, List.of()),
                HealthVerdict.after(new Health("unhealthy", 7, List.of()), 0, 3, false));
    }

    @Test
    void failures_areUnhealthyAfterRetries() {
        Health one = HealthVerdict.after(STARTING, 1, 2, false);
        assertEquals(new Health("starting", 1, List.of()), one);
        assertEquals(new Health("unhealthy", 2, List.of()), HealthVerdict.after(one, 1, 2, false));
    }

    @Test
    void failuresInStartPeriod_doNotCount() {
        assertEquals(STARTING, HealthVerdict.after(STARTING, 1, 1, true));
    }

    @Test
    void failuresInStartPeriod_countOnceHealthy() {
        Health healthy = new Health("healthy", 0, List.of());
        assertEquals(new Health("unhealthy", 1, List.of()), HealthVerdict.after(healthy, -1, 1, true));
    }

    @Test
    void command_shellAndWords() {
        Healthcheck shell = new Healthcheck(List.of("CMD-SHELL", "test -e /x"), 0, 0, 0, 0, 0);
        assertEquals(List.of("/bin/sh", "-c", "test -e /x"), HealthVerdict.command(shell, null));
        assertEquals(List.of("bash", "-c", "test -e /x"), HealthVerdict.command(shell, List.of("bash", "-c")));
        Healthcheck words = new Healthcheck(List.of("CMD", "curl", "localhost"), 0, 0, 0, 0, 0);
        assertEquals(List.of("curl", "localhost"), HealthVerdict.command(words, List.of("bash", "-c")));
    }

    @Test
    void goDuration_asGo() {
        assertEquals("30s", HealthVerdict.goDuration(Duration.ofSeconds(30)));
        assertEquals("1m30s", HealthVerdict.goDuration(Duration.ofSeconds(90)));
        assertEquals("500ms", HealthVerdict.goDuration(Duration.ofMillis(500)));
        assertEquals("1.5s", HealthVerdict.goDuration(Duration.ofMillis(1500)));
    }
}
