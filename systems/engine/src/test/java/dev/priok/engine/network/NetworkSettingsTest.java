package dev.priok.engine.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.engine.Networks.NewNetwork;
import dev.priok.engine.Networks.Pool;
import dev.priok.engine.state.NetworkRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkSettingsTest {
    private static final String IPV4 = "com.docker.network.enable_ipv4";
    private static final String IPV6 = "com.docker.network.enable_ipv6";
    private static final String MTU = "com.docker.network.driver.mtu";

    private static NewNetwork wanted(
            String driver,
            @Nullable Boolean ipv4,
            @Nullable Boolean ipv6,
            boolean internal,
            Map<String, String> options) {
        return new NewNetwork("n", driver, ipv4, ipv6, internal, false, List.of(), options, Map.of(), false, "");
    }

    private static NetworkSettings of(NewNetwork wanted, Map<String, String> ofDaemon) {
        return NetworkSettings.of(wanted, Optional.empty(), Map.of("bridge", ofDaemon));
    }

    @Test
    void theDaemonsOptionsSayWhichFamiliesThereAre_unlessTheRequestDoes() {
        Map<String, String> ofDaemon = Map.of(IPV4, "false", IPV6, "true");
        NetworkSettings silent = of(wanted("", null, null, false, Map.of()), ofDaemon);
        assertFalse(silent.ipv4());
        assertTrue(silent.ipv6());
        NetworkSettings told = of(wanted("", true, true, false, Map.of()), ofDaemon);
        assertTrue(told.ipv4());
        assertEquals(Map.of(), told.options(), "what does not hold is not shown");
        assertThrows(Failure.class, () -> of(wanted("", false, null, false, Map.of()), Map.of()));
    }

    @Test
    void aConfigurationNetworkGivesEverything() {
        NewNetwork config = new NewNetwork(
                "c",
                "",
                null,
                true,
                false,
                false,
                List.of(new Pool("10.1.0.0/24", "", "", Map.of())),
                Map.of(MTU, "1300"),
                Map.of("a", "b"),
                true,
                "");
        NetworkRow row = NetworkSettings.settings(config, "1".repeat(64), Instant.EPOCH);
        NetworkSettings made = NetworkSettings.of(
                wanted("", null, null, false, Map.of()), Optional.of(row), Map.of("bridge", Map.of(MTU, "1400")));
        assertEquals("1300", made.options().get(MTU));
        assertEquals("10.1.0.0/24", made.pools().getFirst().subnet());
        assertTrue(made.ipv6());
        assertThrows(
                Failure.class,
                () -> NetworkSettings.of(
                        wanted("", null, null, false, Map.of(MTU, "1200")), Optional.of(row), Map.of()));
    }

    @Test
    void whatLeadsNowhereNeedsNoGateway() {
        assertTrue(of(wanted("", null, null, true, Map.of()), Map.of()).hasGateway(true));
        assertFalse(of(wanted("", null, null, true, Map.of("com.docker.network.bridge.inhibit_ipv4", "true")), Map.of())
                .hasGateway(true));
        assertFalse(of(wanted("macvlan", null, null, false, Map.of()), Map.of()).hasGateway(true));
        assertTrue(of(wanted("macvlan", null, null, false, Map.of("parent", "eth0")), Map.of())
                .hasGateway(true));
    }
}
