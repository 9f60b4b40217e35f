package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.HostSpec;
import dev.priok.engine.Limits;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.SecuritySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecCheckTest {
    private static final HostFeatures HOST =
            new HostFeatures(1, 2, "0-1", "0", Set.copyOf(CapabilityNames.ALL), "/reaper", true);
    private static final ContainerSpec BASE = ContainerSpec.of("busybox", "true");

    private static String refusal(ContainerSpec spec) {
        Failure failure = assertThrows(Failure.class, () -> SpecCheck.check(spec, HOST, new ArrayList<>()));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        return failure.message();
    }

    /** Only memory, swap and CPU settings. */
    private static Limits limits(long memory, long swap, long nanoCpus, long quota, String cpus) {
        return new Limits(
                memory, swap, 0, null, null, nanoCpus, 0, 0, quota, 0, 0, cpus, "", null, 0, List.of(), List.of(),
                List.of(), List.of(), List.of(), List.of(), "");
    }

    @Test
    void memory_inDockersWords() {
        assertEquals("Minimum memory limit allowed is 6MB", refusal(BASE.withLimits(limits(1 << 20, 0, 0, 0, ""))));
        assertEquals(
                "Minimum memoryswap limit should be larger than memory limit, see usage",
                refusal(BASE.withLimits(limits(64 << 20, 32 << 20, 0, 0, ""))));
        assertEquals(
                "You should always set the Memory limit when using Memoryswap limit, see usage",
                refusal(BASE.withLimits(limits(0, 32 << 20, 0, 0, ""))));
        assertDoesNotThrow(
                () -> SpecCheck.check(BASE.withLimits(limits(6 << 20, -1, 0, 0, "")), HOST, new ArrayList<>()));
    }

    @Test
    void cpu_inDockersWords() {
        assertEquals(
                "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
                refusal(BASE.withLimits(limits(0, 0, 3_000_000_000L, 0, ""))));
        assertEquals(
                "Conflicting options: Nano CPUs and CPU Quota cannot both be set",
                refusal(BASE.withLimits(limits(0, 0, 1_000_000_000L, 5000, ""))));
        assertEquals(
                "CPU cfs quota can not be less than 1ms (i.e. 1000)",
                refusal(BASE.withLimits(limits(0, 0, 0, 999, ""))));
        assertEquals(
                "Requested CPUs are not available - requested 0-7, available: 0-1",
                refusal(BASE.withLimits(limits(0, 0, 0, 0, "0-7"))));
        assertEquals("Invalid value x for cpuset cpus", refusal(BASE.withLimits(limits(0, 0, 0, 0, "x"))));
    }

    @Test
    void restart_inDockersWords() {
        assertEquals(
                "can't create 'AutoRemove' container with restart policy",
                refusal(BASE.withHost(HostSpec.removedAtExit()).withRestart(new RestartPolicy("always", 0))));
        assertEquals(
                "invalid restart policy: maximum retry count can only be used with 'on-failure'",
                refusal(BASE.withRestart(new RestartPolicy("always", 3))));
        assertEquals(
                "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
                refusal(BASE.withRestart(new RestartPolicy("sometimes", 0))));
    }

    @Test
    void names() {
        assertEquals("web.1", SpecCheck.name("/web.1"));
        assertEquals(
                "Invalid container name (-x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
                assertThrows(Failure.class, () -> SpecCheck.name("-x")).message());
    }

    @Test
    void containerNetwork_conflicts() {
        ContainerSpec joined = BASE.withNetwork(NetworkSpec.DEFAULT.withMode("container:x"));
        assertEquals("conflicting options: hostname and the network mode", refusal(joined.withHostname("h", "")));
        assertEquals(
                "conflicting options: port exposing and the container type network mode",
                refusal(BASE.withNetwork(
                        NetworkSpec.DEFAULT.withMode("container:x").withExposedPorts(List.of("80/tcp")))));
    }

    @Test
    void odds_andEnds() {
        assertEquals(
                "invalid IPC mode: nonsense",
                refusal(BASE.withNamespaces(new NamespaceSpec("nonsense", "", "", "", ""))));
        assertEquals(
                "Interval in Healthcheck cannot be less than 1ms",
                refusal(BASE.withHealthcheck(new Healthcheck(List.of("CMD", "x"), 5, 0, 0, 0, 0))));
        assertEquals(
                "invalid capability: unknown capability: \"CAP_NONSENSE\"",
                refusal(BASE.withSecurity(
                        new SecuritySpec(List.of("nonsense"), List.of(), false, List.of(), null, null, false))));
    }

    @Test
    void restartPolicy_isValidAlone() {
        assertDoesNotThrow(
                () -> SpecCheck.check(BASE.withRestart(new RestartPolicy("on-failure", 5)), HOST, new ArrayList<>()));
    }
}
